#!/bin/bash
# The tests of a container: the contract against the KDC that the environment names, then what only containers can show.
# Both are run, also where the first fails; what they counted lies in /results.
set -uo pipefail
cd /gssapi || exit 1
status=0

# One after the other: the KDC's principals are everybody's.
GSSAPI_TEST_JSON=/results/contract.json node scripts/test.mjs contract/ --jobs 1 || status=1
GSSAPI_TEST_JSON=/results/docker.json node scripts/test.mjs docker/ --jobs 1 || status=1
exit "$status"
