-- What agents and systems ask of the API, for wrk: reads of bill units, lists, ageing, and a note
-- as every tenth request. KEY holds an API key, BILL_UNITS how many bill units there are.

local count = 0
local key = os.getenv("KEY")
local most = tonumber(os.getenv("BILL_UNITS"))
math.randomseed(os.time())

local function get(path)
  return wrk.format("GET", "/api/v1/" .. path, {["Authorization"] = "Bearer " .. key})
end

-- between two requests of one client
function delay()
  return math.random(60, 130)
end

function request()
  count = count + 1
  local kind = count % 10
  local bill_unit = "B" .. math.random(1, most)
  if kind < 3 then return get("bill-units/" .. bill_unit) end
  if kind == 3 then return get("cases?limit=50&overdue_amount_from=50") end
  if kind == 4 then return get("cases?bill_unit_no=" .. bill_unit) end
  if kind == 5 then return get("ageing?bill_unit_no=" .. bill_unit) end
  if kind == 6 then return get("tasks?limit=50") end
  if kind == 7 then return get("bill-units/" .. bill_unit .. "/payments") end
  if kind == 8 then return get("bill-units?limit=50") end
  return wrk.format("POST", "/api/v1/bill-units/" .. bill_unit .. "/notes", {
    ["Authorization"] = "Bearer " .. key,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "k" .. math.random(1, 2000000000),
  }, '{"category": "call", "text": "spoke"}')
end

function done(summary, latency)
  io.write(string.format(
    "%d requests, %d answered with an error, %.0f a second; p50 %.0f, p90 %.0f, p99 %.0f ms\n",
    summary.requests, summary.errors.status, summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000
  ))
end
