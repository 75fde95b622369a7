{
  "targets": [
    {
      # The C contender. It links the library instead of loading it: that is what a C program does.
      "target_name": "c_contender",
      "sources": [
        "native/addon.c",
        "native/handshakes.c",
        "native/held.c",
        "native/messages.c",
        "native/pair.c",
        "native/spin.c"
      ],
      "defines": ["NAPI_VERSION=9", "_GNU_SOURCE"],
      "cflags": ["-O2", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "cflags_c": ["-std=gnu11"],
      "libraries": ["-lgssapi_krb5", "-lpthread", "-ldl"]
    }
  ]
}
