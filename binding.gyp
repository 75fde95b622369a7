{
  "variables": {
    # node-gyp rebuild -- -Dsanitize=1 builds for AddressSanitizer and UndefinedBehaviorSanitizer.
    "sanitize%": 0
  },
  "target_defaults": {
    "default_configuration": "Release"
  },
  "targets": [
    {
      "target_name": "gssapi",
      "sources": [
        "native/js/addon.cc",
        "native/js/context_object.cc",
        "native/js/context_transfer_object.cc",
        "native/js/convert.cc",
        "native/pool/credential_gate.cc",
        "native/js/credential_object.cc",
        "native/js/credential_option_object.cc",
        "native/js/credential_transfer_object.cc",
        "native/js/env_data.cc",
        "native/js/iov_object.cc",
        "native/pool/job_queue.cc",
        "native/js/krb5_context_object.cc",
        "native/js/mechanism_object.cc",
        "native/js/message_object.cc",
        "native/js/name_attribute_object.cc",
        "native/js/name_object.cc",
        "native/js/password_object.cc",
        "native/js/ticket_cache_object.cc",
        "native/pool/worker_pool.cc"
      ],
      "include_dirs": [
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_DEPRECATED", "NAPI_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS", "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags": ["-fvisibility=hidden", "-fstack-protector-strong", "-Wall", "-Wextra"],
      "cflags_cc": ["-std=c++17", "-fvisibility-inlines-hidden"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "OTHER_LDFLAGS": ["-Wl,-exported_symbol,_napi_register_module_v1", "-Wl,-exported_symbol,_node_api_module_get_api_version_v1"],
        "MACOSX_DEPLOYMENT_TARGET": "11.0"
      },
      "msvs_settings": {
        # Headers of others are in <>, and give no warnings. The workflow makes warnings errors (CL=/WX); a user's compiler may
        # be newer than this file.
        "VCCLCompilerTool": {
          "ExceptionHandling": 1,
          "WarningLevel": 4,
          "AdditionalOptions": ["/std:c++17", "/utf-8", "/permissive-", "/guard:cf", "/external:anglebrackets", "/external:W0"]
        },
        "VCLinkerTool": { "AdditionalOptions": ["/guard:cf"] }
      },
      "conditions": [
        [
          "OS=='win'",
          {
            "sources": [
              "native/sspi/clock.cc",
              "native/sspi/context.cc",
              "native/sspi/context_enquiry.cc",
              "native/sspi/context_option.cc",
              "native/sspi/context_transfer.cc",
              "native/sspi/credential.cc",
              "native/sspi/credential_derived.cc",
              "native/sspi/credential_option.cc",
              "native/sspi/credential_transfer.cc",
              "native/sspi/flags.cc",
              "native/sspi/iov.cc",
              "native/sspi/krb5_context.cc",
              "native/sspi/library.cc",
              "native/sspi/mechanism.cc",
              "native/sspi/message.cc",
              "native/sspi/name.cc",
              "native/sspi/name_attributes.cc",
              "native/sspi/prf.cc",
              "native/sspi/received.cc",
              "native/sspi/package.cc",
              "native/sspi/password.cc",
              "native/sspi/status.cc",
              "native/sspi/text.cc",
              "native/sspi/ticket_cache.cc"
            ],
            "defines": ["UNICODE", "_UNICODE", "SECURITY_WIN32", "NOMINMAX", "WIN32_LEAN_AND_MEAN", "_WIN32_WINNT=0x0A00"],
            "libraries": ["-ladvapi32.lib"]
          },
          {
            "sources": [
              "native/gss/acceptor_name.cc",
              "native/gss/context.cc",
              "native/gss/context_enquiry.cc",
              "native/gss/context_option.cc",
              "native/gss/context_transfer.cc",
              "native/gss/credential.cc",
              "native/gss/credential_choice.cc",
              "native/gss/credential_derived.cc",
              "native/gss/credential_import.cc",
              "native/gss/credential_option.cc",
              "native/gss/credential_origin.cc",
              "native/gss/credential_transfer.cc",
              "native/gss/credential_use.cc",
              "native/gss/explain.cc",
              "native/gss/frame.cc",
              "native/gss/iov.cc",
              "native/gss/krb5_context.cc",
              "native/gss/krb5_library.cc",
              "native/gss/layout.cc",
              "native/gss/library.cc",
              "native/gss/mechanism.cc",
              "native/gss/memory_keytab.cc",
              "native/gss/message.cc",
              "native/gss/minor_names.cc",
              "native/gss/minor_origin.cc",
              "native/gss/name.cc",
              "native/gss/name_attributes.cc",
              "native/gss/negotiation.cc",
              "native/gss/oid.cc",
              "native/gss/oid_set.cc",
              "native/gss/password.cc",
              "native/gss/prf.cc",
              "native/gss/proxy.cc",
              "native/gss/shape.cc",
              "native/gss/status.cc",
              "native/gss/stream.cc",
              "native/gss/ticket_cache.cc"
            ]
          }
        ],
        # Homebrew does not link its krb5 into the compiler's folders. The headers pack structures on Intel's Macs only.
        ["OS=='mac'", { "include_dirs": ["/opt/homebrew/opt/krb5/include", "/usr/local/opt/krb5/include"] }],
        ["OS=='mac' and target_arch=='x64'", { "defines": ["GSSAPI_PACK=2"] }],
        ["OS=='linux'", { "libraries": ["-ldl", "-lpthread"], "ldflags": ["-Wl,-z,relro,-z,now,-z,nodelete", "-Wl,--version-script=../native/exports.map"] }],
        [
          "sanitize==1",
          {
            "defines": ["_GLIBCXX_ASSERTIONS"],
            "cflags": ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-O1", "-g"],
            "ldflags": ["-fsanitize=address,undefined"]
          }
        ]
      ]
    }
  ]
}
