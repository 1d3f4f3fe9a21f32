"""`python deploy/prune.py FOLDER`: take from an environment what nothing needs at run time; each time the same."""

import compileall
import os
import py_compile
import shutil
import sys
from pathlib import Path

#: Tests, headers and sources of compiled modules, and pictures that only examples show.
FOLDERS = ("tests", "test", "include", "sample_data")
FILES = ("*.pxd", "*.pyx", "*.c", "*.cpp", "*.h", "*.hpp", "*.pyi")
#: What else is there twice: ONNX Runtime's module has its library in it.
TWICE = ("onnxruntime/capi/libonnxruntime.so*",)
#: Folders of these names that are code, not tests of it.
KEPT = ("numpy/testing", "numpy/_core/tests", "numpy/tests")


def prune(environment: Path) -> None:
    """Remove it, then compile everything so that a start needs no write: by content, since a copy has other times."""
    [packages] = environment.glob("lib/python3*/site-packages")
    for name in FOLDERS:
        for folder in sorted(packages.rglob(name), reverse=True):
            if folder.is_dir() and folder.relative_to(packages).as_posix() not in KEPT:
                shutil.rmtree(folder)
    for pattern in (*FILES, *TWICE):
        for file in packages.rglob(pattern):
            file.unlink()
    for record in packages.glob("*.dist-info/RECORD"):
        # It names what is gone, and nothing reads it here.
        record.unlink()
    compileall.compile_dir(
        str(packages),
        quiet=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        stripdir=str(environment.parent),
    )
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for path in (environment, *environment.rglob("*")):
        os.utime(path, (moment, moment), follow_symlinks=False)


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
