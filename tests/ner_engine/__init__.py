import os

# As in the job, and before numpy is imported: a second thread only waits on small matrices.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
