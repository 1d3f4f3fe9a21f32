"""Long loops, each printing its seed: `make torture`. Not part of `make test`: no file is called test_*."""
