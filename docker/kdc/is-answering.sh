#!/bin/bash
# Healthy is a KDC that answers: asked for a principal that does not exist, it says so. No password is needed for that,
# and nothing is written. The realm is filled before the KDC starts, so that healthy is also complete.
kinit -c MEMORY: "nobody-has-this-name@$KDC_REALM" 2>&1 </dev/null | grep -q 'not found in Kerberos database'
