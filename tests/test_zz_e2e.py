import subprocess, sys, pandas as pd, time
def test_it(tmp_path, faulty):
    kinds = ["hang","hold-interpreter","hungry","cuda-oom","segfault","exit","kill","raise","nan","none","deaf"]
    g = tmp_path/"g.yaml"
    g.write_text("name: f\ndataset: ring\nsteps: 40\nsteps_per_epoch: 20\nquality: {features: off}\ntimeout: 12\nmax_host_memory: 1500 MB\nvariants:\n" + "".join(f"  - {{name: faulty, fault: {k}, label: {k}, until: {tmp_path}/flag, grandchildren: e2emark}}\n" for k in kinds))
    for flag in (False, True):
        if flag: (tmp_path/"flag").touch()
        t=time.time()
        r = subprocess.run([sys.executable,"-m","bench","run","--grid",str(g),"--out",str(tmp_path/"out"), *(["--retry","all"] if flag else [])],capture_output=True,text=True)
        print(r.returncode, time.time()-t, r.stderr[-5000:], r.stdout[-4000:])
        print(subprocess.run("ps ax | grep e2emark | grep -v 'grep' | wc -l; ", shell=True, capture_output=True, text=True).stdout)
    assert 0
