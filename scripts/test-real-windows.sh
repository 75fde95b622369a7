#!/usr/bin/env bash
# Run in WSL, from the folder of this package on Windows' side: test/interop/windows.test.ts with a real Windows on one side
# and this Linux on the other. The KDC is the one of docker/kdc, on this machine; Windows knows it by ksetup.
# .github/workflows/windows.yml does all that.
set -euo pipefail

windows_side=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The Windows process starts in its own copy of the package, so that it loads the addon that was built there.
start="cd '$windows_side' && exec node.exe \"\$0\" \"\$@\""
GSSAPI_TEST_WINE=$(node -p 'JSON.stringify({ command: ["bash", "-c", process.argv[1]], env: {} })' "$start")
export GSSAPI_TEST_WINE GSSAPI_TEST_WINDOWS=real
export GSSAPI_TEST_KDC=localhost
export GSSAPI_TEST_KDC_ADMIN=admin/admin@EXAMPLE.TEST GSSAPI_TEST_KDC_PASSWORD=queen-of-hearts
exec npx mocha build-test/interop/windows.test.js
