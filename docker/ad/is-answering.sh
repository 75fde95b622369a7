#!/bin/bash
# Healthy is a KDC that answers: asked for a principal that does not exist, it says so. The domain is filled before it starts.
kinit -c MEMORY: "nobody-has-this-name@$AD_REALM" 2>&1 </dev/null | grep -q 'not found in Kerberos database'
