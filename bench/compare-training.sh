#!/usr/bin/env bash
# Training tokens/s, ours and PyTorch's (Debian: python3-torch, libopenblas0-pthread, libopenblas0-openmp), interleaved in one run.
# usage: bench/compare-training.sh [rounds] [7M|160M|160M-lora ...]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
shift || true
(($# > 0)) || set -- 7M 160M 160M-lora
dotnet build bench/Bonito.Benchmarks -c Release -v quiet -nologo
ours=artifacts/bin/Bonito.Benchmarks/release/Bonito.Benchmarks
openmp=$(find /usr/lib -path '*openblas-openmp*/libopenblas.so.0' 2>/dev/null | head -n 1)
for workload; do
  for ((i = 1; i <= rounds; i++)); do
    echo "$workload, round $i"
    echo -n "  ours:          "; "$ours" training "$workload"
    echo -n "  torch:         "; /usr/bin/python3 bench/torch/train.py "$workload"
    # What an expert would set: no memory returned to the system between steps, huge pages, OpenMP threads that stay where they are.
    echo -n "  torch, tuned:  "; env GLIBC_TUNABLES=glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296:glibc.malloc.hugetlb=1 \
      OMP_PROC_BIND=true ${openmp:+LD_PRELOAD="$openmp"} /usr/bin/python3 bench/torch/train.py "$workload"
  done
done
