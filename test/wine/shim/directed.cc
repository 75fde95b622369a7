#include "directed.h"

#include <cstring>

#include "control.h"

namespace shim {

namespace {

SecurityFunctionTableW g_below;
thread_local bool g_is_initiator = false;

// ---------------------------------------------------------------- credentials

SECURITY_STATUS SEC_ENTRY Acquire(SEC_WCHAR* principal, SEC_WCHAR* package, ULONG use, void* logon,
                                  void* identity, SEC_GET_KEY_FN get_key, void* argument,
                                  PCredHandle credential, PTimeStamp expiry) {
  if (const auto answer = TakeAnswer("AcquireCredentialsHandleW")) return answer->status;
  const SECURITY_STATUS status = g_below.AcquireCredentialsHandleW(
      principal, package, use, logon, identity, get_key, argument, credential, expiry);
  if (status < 0) return status;
  Note([](Ledger* ledger) { ledger->credentials++; });
  if (g_is_initiator) Note([](Ledger* ledger) { ledger->acquired_as_initiator++; });
  return status;
}

SECURITY_STATUS SEC_ENTRY Free(PCredHandle credential) {
  Note([](Ledger* ledger) { ledger->credentials--; });
  return g_below.FreeCredentialsHandle(credential);
}

// ---------------------------------------------------------------- the handshake

SECURITY_STATUS Say(const Answer& answer, PSecBufferDesc output, ULONG* attributes) {
  if (attributes != nullptr) *attributes = answer.attributes;
  if (!answer.token.empty()) {
    SecBuffer& token = output->pBuffers[0];
    std::memcpy(token.pvBuffer, answer.token.data(), answer.token.size());
    token.cbBuffer = static_cast<ULONG>(answer.token.size());
  }
  return answer.status;
}

// What is missing of a token that CompleteAuthToken has not seen: of its first byte every bit.
void Turn(PSecBufferDesc output) {
  const SecBuffer& token = output->pBuffers[0];
  if (token.cbBuffer > 0) *static_cast<uint8_t*>(token.pvBuffer) ^= 0xff;
}

SECURITY_STATUS Stepped(bool began, SECURITY_STATUS status, PSecBufferDesc output) {
  if (status < 0) return status;
  if (began) Note([](Ledger* ledger) { ledger->contexts++; });
  if (!Emulated().complete_auth_token) return status;
  Turn(output);
  return status == SEC_E_OK ? SEC_I_COMPLETE_NEEDED : SEC_I_COMPLETE_AND_CONTINUE;
}

SECURITY_STATUS SEC_ENTRY Initialize(PCredHandle credential, PCtxtHandle context, SEC_WCHAR* target,
                                     ULONG requested, ULONG reserved1, ULONG representation,
                                     PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
                                     PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
  if (const auto answer = TakeAnswer("InitializeSecurityContextW")) {
    return Say(*answer, output, attributes);
  }
  const SECURITY_STATUS status = g_below.InitializeSecurityContextW(
      credential, context, target, requested, reserved1, representation, input, reserved2,
      new_context, output, attributes, expiry);
  return Stepped(context == nullptr, status, output);
}

SECURITY_STATUS SEC_ENTRY Accept(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                 ULONG requested, ULONG representation, PCtxtHandle new_context,
                                 PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
  if (const auto answer = TakeAnswer("AcceptSecurityContext")) {
    return Say(*answer, output, attributes);
  }
  const SECURITY_STATUS status =
      g_below.AcceptSecurityContext(credential, context, input, requested, representation,
                                    new_context, output, attributes, expiry);
  return Stepped(context == nullptr, status, output);
}

SECURITY_STATUS SEC_ENTRY Complete(PCtxtHandle context, PSecBufferDesc token) {
  if (const auto answer = TakeAnswer("CompleteAuthToken")) return answer->status;
  if (!Emulated().complete_auth_token) return g_below.CompleteAuthToken(context, token);
  Turn(token);
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY Delete(PCtxtHandle context) {
  Note([](Ledger* ledger) { ledger->contexts--; });
  return g_below.DeleteSecurityContext(context);
}

// ---------------------------------------------------------------- messages

SECURITY_STATUS SEC_ENTRY Encrypt(PCtxtHandle context, ULONG quality, PSecBufferDesc message,
                                  ULONG number) {
  if (const auto answer = TakeAnswer("EncryptMessage")) return answer->status;
  return g_below.EncryptMessage(context, quality, message, number);
}

SECURITY_STATUS SEC_ENTRY Decrypt(PCtxtHandle context, PSecBufferDesc message, ULONG number,
                                  ULONG* quality) {
  if (const auto answer = TakeAnswer("DecryptMessage")) return answer->status;
  return g_below.DecryptMessage(context, message, number, quality);
}

SECURITY_STATUS SEC_ENTRY Sign(PCtxtHandle context, ULONG quality, PSecBufferDesc message,
                               ULONG number) {
  if (const auto answer = TakeAnswer("MakeSignature")) return answer->status;
  return g_below.MakeSignature(context, quality, message, number);
}

SECURITY_STATUS SEC_ENTRY Verify(PCtxtHandle context, PSecBufferDesc message, ULONG number,
                                 ULONG* quality) {
  if (const auto answer = TakeAnswer("VerifySignature")) return answer->status;
  return g_below.VerifySignature(context, message, number, quality);
}

// ---------------------------------------------------------------- enquiries

// Memory that FreeContextBuffer frees.
void* Allocate(size_t size) { return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size); }

SEC_WCHAR* Copy(const std::string& text) {
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, nullptr, 0);
  auto* copy = static_cast<SEC_WCHAR*>(Allocate(static_cast<size_t>(length) * sizeof(SEC_WCHAR)));
  if (copy != nullptr) MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, copy, length);
  return copy;
}

SECURITY_STATUS TellSessionKey(const Emulation& emulated, SecPkgContext_SessionKey* key) {
  const Octets& from = emulated.session_key;
  key->SessionKey = static_cast<unsigned char*>(Allocate(from.size()));
  if (key->SessionKey == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  std::memcpy(key->SessionKey, from.data(), from.size());
  key->SessionKeyLength = static_cast<ULONG>(from.size());
  return SEC_E_OK;
}

SECURITY_STATUS TellKeyInfo(const Emulation& emulated, SecPkgContext_KeyInfoW* info) {
  info->sSignatureAlgorithmName = Copy("HMAC-SHA1-96");
  info->sEncryptAlgorithmName = Copy("AES256-CTS-HMAC-SHA1-96");
  info->KeySize = static_cast<ULONG>(emulated.session_key.size() * 8);
  info->EncryptAlgorithm = emulated.enctype;
  return SEC_E_OK;
}

SECURITY_STATUS TellNegotiated(const Emulation& emulated,
                               SecPkgContext_NegotiationInfoW* negotiated) {
  auto* info = static_cast<SecPkgInfoW*>(Allocate(sizeof(SecPkgInfoW) + 64 * sizeof(SEC_WCHAR)));
  if (info == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  info->Name = reinterpret_cast<SEC_WCHAR*>(info + 1);  // one piece of memory, as on Windows
  MultiByteToWideChar(CP_UTF8, 0, emulated.negotiated.c_str(), -1, info->Name, 64);
  negotiated->PackageInfo = info;
  negotiated->NegotiationState = SECPKG_NEGOTIATION_COMPLETE;
  return SEC_E_OK;
}

// Whether it was emulated; else it is left to what lies below.
bool Tell(ULONG attribute, void* buffer, SECURITY_STATUS* status) {
  const Emulation emulated = Emulated();
  if (attribute == SECPKG_ATTR_SESSION_KEY && !emulated.session_key.empty()) {
    *status = TellSessionKey(emulated, static_cast<SecPkgContext_SessionKey*>(buffer));
  } else if (attribute == SECPKG_ATTR_KEY_INFO && emulated.enctype != 0) {
    *status = TellKeyInfo(emulated, static_cast<SecPkgContext_KeyInfoW*>(buffer));
  } else if (attribute == SECPKG_ATTR_NAMES && !emulated.user_name.empty()) {
    static_cast<SecPkgContext_NamesW*>(buffer)->sUserName = Copy(emulated.user_name);
    *status = SEC_E_OK;
  } else if (attribute == SECPKG_ATTR_NEGOTIATION_INFO && !emulated.negotiated.empty()) {
    *status = TellNegotiated(emulated, static_cast<SecPkgContext_NegotiationInfoW*>(buffer));
  } else if (attribute == SECPKG_ATTR_NATIVE_NAMES && !emulated.native_names) {
    *status = SEC_E_UNSUPPORTED_FUNCTION;
  } else {
    return false;
  }
  return true;
}

// How many pieces of memory an attribute is told in.
void NoteMemory(ULONG attribute) {
  switch (attribute) {
    case SECPKG_ATTR_NATIVE_NAMES:
    case SECPKG_ATTR_KEY_INFO:
      Note([](Ledger* ledger) { ledger->memory += 2; });
      break;
    case SECPKG_ATTR_SESSION_KEY:
    case SECPKG_ATTR_NAMES:
    case SECPKG_ATTR_NEGOTIATION_INFO:
    case SECPKG_ATTR_PACKAGE_INFO:
      Note([](Ledger* ledger) { ledger->memory++; });
      break;
    default:
      break;
  }
}

SECURITY_STATUS SEC_ENTRY Query(PCtxtHandle context, ULONG attribute, void* buffer) {
  const std::string function = "QueryContextAttributesW";
  const auto answer = TakeAnswer(function + "/" + std::to_string(attribute));
  if (answer) return answer->status;
  SECURITY_STATUS status = SEC_E_OK;
  if (!Tell(attribute, buffer, &status)) {
    status = g_below.QueryContextAttributesW(context, attribute, buffer);
  }
  if (status == SEC_E_OK) NoteMemory(attribute);
  return status;
}

SECURITY_STATUS SEC_ENTRY QueryCredential(PCredHandle credential, ULONG attribute, void* buffer) {
  const Emulation emulated = Emulated();
  if (attribute != SECPKG_CRED_ATTR_NAMES || emulated.user_name.empty()) {
    return g_below.QueryCredentialsAttributesW(credential, attribute, buffer);
  }
  static_cast<SecPkgCredentials_NamesW*>(buffer)->sUserName = Copy(emulated.user_name);
  Note([](Ledger* ledger) { ledger->memory++; });
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY QueryPackage(SEC_WCHAR* name, PSecPkgInfoW* info) {
  const SECURITY_STATUS status = g_below.QuerySecurityPackageInfoW(name, info);
  if (status == SEC_E_OK) Note([](Ledger* ledger) { ledger->memory++; });
  return status;
}

SECURITY_STATUS SEC_ENTRY Enumerate(ULONG* count, PSecPkgInfoW* infos) {
  const SECURITY_STATUS status = g_below.EnumerateSecurityPackagesW(count, infos);
  if (status == SEC_E_OK) Note([](Ledger* ledger) { ledger->memory++; });
  return status;
}

SECURITY_STATUS SEC_ENTRY FreeMemory(void* memory) {
  Note([](Ledger* ledger) { ledger->memory--; });
  return g_below.FreeContextBuffer(memory);
}

// ---------------------------------------------------------------- contexts on their way

// What Wine has no form for is the handle itself, so that the context can go on in this process.
SECURITY_STATUS SEC_ENTRY Export(PCtxtHandle context, ULONG flags, PSecBuffer packed,
                                 void** token) {
  if (const auto answer = TakeAnswer("ExportSecurityContext")) return answer->status;
  if (!Emulated().transfer) return g_below.ExportSecurityContext(context, flags, packed, token);
  if (flags != SECPKG_CONTEXT_EXPORT_DELETE_OLD) return SEC_E_INVALID_PARAMETER;
  void* memory = Allocate(sizeof(*context));
  if (memory == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  std::memcpy(memory, context, sizeof(*context));
  *packed = {sizeof(*context), SECBUFFER_TOKEN, memory};
  Note([](Ledger* ledger) {
    ledger->contexts--;
    ledger->memory++;
  });
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY Import(SEC_WCHAR* package, PSecBuffer packed, void* token,
                                 PCtxtHandle context) {
  if (const auto answer = TakeAnswer("ImportSecurityContextW")) return answer->status;
  if (!Emulated().transfer) return g_below.ImportSecurityContextW(package, packed, token, context);
  if (packed->cbBuffer != sizeof(*context)) return SEC_E_INVALID_TOKEN;
  std::memcpy(context, packed->pvBuffer, sizeof(*context));
  Note([](Ledger* ledger) { ledger->contexts++; });
  return SEC_E_OK;
}

// ---------------------------------------------------------------- acting as the initiator

SECURITY_STATUS SEC_ENTRY Impersonate(PCtxtHandle context) {
  if (const auto answer = TakeAnswer("ImpersonateSecurityContext")) return answer->status;
  if (!Emulated().impersonation) return g_below.ImpersonateSecurityContext(context);
  g_is_initiator = true;
  Note([](Ledger* ledger) { ledger->impersonations++; });
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY Revert(PCtxtHandle context) {
  if (const auto answer = TakeAnswer("RevertSecurityContext")) return answer->status;
  if (!g_is_initiator) return g_below.RevertSecurityContext(context);
  g_is_initiator = false;
  Note([](Ledger* ledger) { ledger->impersonations--; });
  return SEC_E_OK;
}

}  // namespace

void Direct(SecurityFunctionTableW* table) {
  g_below = *table;
  table->AcquireCredentialsHandleW = Acquire;
  table->FreeCredentialsHandle = Free;
  table->InitializeSecurityContextW = Initialize;
  table->AcceptSecurityContext = Accept;
  table->CompleteAuthToken = Complete;
  table->DeleteSecurityContext = Delete;
  table->EncryptMessage = Encrypt;
  table->DecryptMessage = Decrypt;
  table->MakeSignature = Sign;
  table->VerifySignature = Verify;
  table->QueryContextAttributesW = Query;
  table->QueryCredentialsAttributesW = QueryCredential;
  table->QuerySecurityPackageInfoW = QueryPackage;
  table->EnumerateSecurityPackagesW = Enumerate;
  table->FreeContextBuffer = FreeMemory;
  table->ExportSecurityContext = Export;
  table->ImportSecurityContextW = Import;
  table->ImpersonateSecurityContext = Impersonate;
  table->RevertSecurityContext = Revert;
}

}  // namespace shim
