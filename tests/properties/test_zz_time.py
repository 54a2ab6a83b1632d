import time
from hypothesis import given, settings
from tests.histories import histories
from tests.play import Play, Manner
from tests import snapshot
def test_time(worlds):
    @settings(max_examples=2, derandomize=True, deadline=None)
    @given(h=histories())
    def inner(h):
        t=time.time()
        with worlds() as db:
            t0=time.time(); p=Play(db,h); load=run=0; mx=0
            while p.done<len(h.nights):
                a=time.time(); d=p.prepare_night(); b=time.time(); p.run_night(d); c=time.time()
                load+=b-a; run+=c-b; mx=max(mx,c-b)
            s=time.time(); snapshot.take(db); e=time.time()
            print(f"create {t0-t:.2f} nights {len(h.nights)} prep {load:.2f} run {run:.2f} max {mx:.2f} snap {e-s:.2f}")
    import tests.play as tp
    tot={}
    def wrap(obj,name):
        f=getattr(obj,name)
        def g(*a,**k):
            t=time.time()
            try: return f(*a,**k)
            finally: tot.setdefault(name,[]).append(time.time()-t)
        setattr(obj,name,g)
    wrap(tp,"load"); wrap(tp.service,"apply"); wrap(tp.cases,"exempt")
    inner()
    print({k:(len(v),sum(v),max(v),min(v)) for k,v in tot.items()})
