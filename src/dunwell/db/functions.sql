-- The few SQL functions of the schema: rounding, and the checks that the loader makes on text. A
-- migration that follows a change here executes the whole file again.

-- The one place in SQL that rounds money (its twin is dunwell.domain.money): to the currency's
-- exponent, halves away from zero. Where the currency's row is at hand its digits are given, which
-- spares a look-up for each amount.
create or replace function round_money(amount numeric, digits integer) returns numeric
language sql immutable parallel safe as
$$ select round(amount, digits) $$;

create or replace function round_money(amount numeric, currency_code text) returns numeric
language sql stable parallel safe as
$$ select round_money(amount, (select digits from currency where code = currency_code)) $$;

-- Is the text a date of the calendar, written 2026-02-28?
create or replace function is_date(given text) returns boolean
language sql immutable parallel safe as $$
    select case
        when given !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then false
        when substr(given, 1, 4)::int < 1900 or substr(given, 6, 2)::int not between 1 and 12 then false
        else substr(given, 9, 2)::int between 1 and extract(
            day from make_date(substr(given, 1, 4)::int, substr(given, 6, 2)::int, 1)
                + interval '1 month - 1 day')::int
    end
$$;

-- Where a version stands among the others: a whole number as it is, a time with its zone by its
-- microseconds since 1970; null if the text is neither.
create or replace function version_order(given text) returns bigint
language sql stable parallel safe as $$
    select case
        when given ~ '^[0-9]{1,18}$' then given::bigint
        when given ~ '^[0-9-]{10}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$'
            and is_date(substr(given, 1, 10))
            then (extract(epoch from given::timestamptz) * 1000000)::bigint
    end
$$;

-- Is the text an amount that fits numeric(19,4)? How many decimals are allowed, the currency says.
create or replace function is_amount(given text) returns boolean
language sql immutable parallel safe as
$$ select given ~ '^[-+]?[0-9]{1,15}(\.[0-9]+)?$' $$;

-- How many decimals an amount really uses: trailing zeros don't count.
create or replace function decimals_used(given text) returns integer
language sql immutable parallel safe as
$$ select length(rtrim(substring(given from '\.([0-9]*)$'), '0')) $$;

-- The day a number of days later: calendar days, on to the next working day, or working days. Null
-- when the calendar's table of days ends before it, which a column that may not be null refuses.
create or replace function add_days(calendar integer, start date, days integer, unit text) returns date
language sql stable parallel safe as $$
    select case unit
        when 'working' then (
            select target.day
            from working_day as target
            where target.calendar_id = calendar
                and target.no = days + (
                    select start_day.no from working_day as start_day
                    where start_day.calendar_id = calendar and start_day.day = start
                )
                and target.day = target.next_working
        )
        else (
            select target.next_working from working_day as target
            where target.calendar_id = calendar and target.day = start + days
        )
    end
$$;

-- A text as it is searched for: small letters, without accents and points, in the forms that
-- keyboards have (ß as ss, ø as o, full-width letters as plain ones).
create or replace function folded(given text) returns text
language sql immutable parallel safe as $$
    select case
        when given ~ '^[ -~]*$' then lower(given)
        else replace(replace(
            translate(
                regexp_replace(
                    lower(normalize(given, nfkd)),
                    '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g'
                ),
                'øđłħıð', 'odlhid'
            ), 'ß', 'ss'), 'æ', 'ae')
    end
$$;

-- Its words; an apostrophe doesn't part them (O'Brien is obrien).
create or replace function search_terms(given text) returns text[]
language sql immutable parallel safe as $$
    select array_remove(
        regexp_split_to_array(
            translate(folded(given), '''’ʼ`´', ''),
            '[\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u206f\u3000-\u303f]+'
        ),
        ''
    )
$$;

-- Under which texts a customer is found, each by its beginning: the name and the company once for
-- each word, that word first (ada okafor, okafor ada), so that one range finds all words that are
-- asked for; the e-mail address; the digits of the telephone, and again from the last to the first
-- behind a ~, because people write the country and the zero before it in many ways.
create or replace function search_words(name text, company text, email text, phone text)
returns setof text
language sql immutable parallel safe as $$
    select left(array_to_string(terms[place:] || terms[:place - 1], ' '), 100)
    -- without an offset the text would be folded again for each word
    from (select (search_terms(concat_ws(' ', name, company)))[:10] as terms offset 0) as named
    cross join generate_subscripts(terms, 1) as place
    union all
    select left(folded(btrim(email)), 100) where btrim(email) <> ''
    union all
    select unnest(array[left(digits, 40), '~' || left(reverse(digits), 40)])
    from (select regexp_replace(phone, '[^0-9]', '', 'g') as digits) as written
    where length(digits) >= 4
$$;
