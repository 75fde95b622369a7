#include "shim.h"

#include <cstring>
#include <mutex>
#include <new>

#include "contexts.h"
#include "directed.h"

#ifndef KERB_WRAP_NO_ENCRYPT
#define KERB_WRAP_NO_ENCRYPT 0x80000001
#endif

namespace shim {

namespace {

SecurityFunctionTableW g_wine;  // what the table said before

// More than any key's token adds (72 for aes256-cts-hmac-sha384-192).
constexpr size_t kRoom = 256;

SecBuffer* Find(SecBufferDesc* message, ULONG type) {
  if (message == nullptr) return nullptr;
  for (ULONG i = 0; i < message->cBuffers; i++) {
    SecBuffer& buffer = message->pBuffers[i];
    if ((buffer.BufferType & ~SECBUFFER_ATTRMASK) == type) return &buffer;
  }
  return nullptr;
}

// Data in several pieces, and data that is signed only, are not emulated: Wine's package has them
// in DCE style alone.
bool HasOneData(const SecBufferDesc* message) {
  int count = 0;
  for (ULONG i = 0; message != nullptr && i < message->cBuffers; i++) {
    if ((message->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == SECBUFFER_DATA) count++;
  }
  return count == 1;
}

const uint8_t* BytesOf(const SecBuffer& buffer) {
  return static_cast<const uint8_t*>(buffer.pvBuffer);
}

SecBuffer MakeBuffer(ULONG type, Octets* octets, size_t offset, size_t size) {
  SecBuffer buffer;
  buffer.BufferType = type;
  buffer.cbBuffer = static_cast<ULONG>(size);
  buffer.pvBuffer = octets->data() + offset;
  return buffer;
}

SecBufferDesc Describe(SecBuffer* buffers, ULONG count) {
  SecBufferDesc desc;
  desc.ulVersion = SECBUFFER_VERSION;
  desc.cBuffers = count;
  desc.pBuffers = buffers;
  return desc;
}

// C++ exceptions must not cross into the caller.
template <typename Body>
SECURITY_STATUS Guarded(Body body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
}

// ---------------------------------------------------------------- the handshake

// The trace does not say which thread wrote: what does not wait for a KDC is done one by one.
std::mutex g_handshake;

// Runs one step and remembers what it told.
template <typename Call>
SECURITY_STATUS StepAndLearn(PCtxtHandle context, PCtxtHandle new_context, ULONG* attributes,
                             PTimeStamp expiry, Call call) {
  const TraceMark mark;
  const CtxtHandle before = context != nullptr ? *context : CtxtHandle();
  Step step;
  const SECURITY_STATUS status = call(&step.attributes, &step.expiry);
  if (attributes != nullptr) *attributes = step.attributes;
  if (expiry != nullptr) *expiry = step.expiry;
  if (status < 0) return status;
  step.handshake = mark.Read();
  Learn(context != nullptr ? &before : nullptr, new_context != nullptr ? *new_context : *context,
        step);
  return status;
}

SECURITY_STATUS SEC_ENTRY Initialize(PCredHandle credential, PCtxtHandle context, SEC_WCHAR* target,
                                     ULONG requested, ULONG reserved1, ULONG representation,
                                     PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
                                     PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
  return Guarded([&] {
    std::unique_lock<std::mutex> lock(g_handshake, std::defer_lock);
    if (context != nullptr) lock.lock();
    return StepAndLearn(
        context, new_context, attributes, expiry, [&](ULONG* granted, PTimeStamp end) {
          return g_wine.InitializeSecurityContextW(credential, context, target, requested,
                                                   reserved1, representation, input, reserved2,
                                                   new_context, output, granted, end);
        });
  });
}

SECURITY_STATUS SEC_ENTRY Accept(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                 ULONG requested, ULONG representation, PCtxtHandle new_context,
                                 PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
  return Guarded([&] {
    const std::lock_guard<std::mutex> lock(g_handshake);
    return StepAndLearn(
        context, new_context, attributes, expiry, [&](ULONG* granted, PTimeStamp end) {
          return g_wine.AcceptSecurityContext(credential, context, input, requested, representation,
                                              new_context, output, granted, end);
        });
  });
}

SECURITY_STATUS SEC_ENTRY Delete(PCtxtHandle context) {
  if (context != nullptr) Forget(*context);
  return g_wine.DeleteSecurityContext(context);
}

// ---------------------------------------------------------------- EncryptMessage

struct Outgoing {
  SecBuffer* token;
  SecBuffer* data;
  SecBuffer* padding;
};

bool Fits(const Outgoing& buffers, bool sealed, const Sizes& sizes, KeyType key) {
  const bool arcfour = key.checksum_size == 0;
  const size_t token = sealed || arcfour ? sizes.trailer : sizes.signature;
  if (buffers.token->cbBuffer < token) return false;
  return !arcfour || (buffers.padding != nullptr && buffers.padding->cbBuffer >= sizes.block);
}

// Wine's own layout: the first bytes of the Unix library's token in DATA, the rest in TOKEN.
SECURITY_STATUS EncryptPlainly(PCtxtHandle context, ULONG quality, const SecBuffer& data,
                               Octets* wire) {
  const size_t size = data.cbBuffer;
  wire->resize(size + kRoom);
  if (size > 0) std::memcpy(wire->data(), data.pvBuffer, size);
  SecBuffer parts[] = {MakeBuffer(SECBUFFER_DATA, wire, 0, size),
                       MakeBuffer(SECBUFFER_TOKEN, wire, size, kRoom)};
  SecBufferDesc message = Describe(parts, 2);
  const SECURITY_STATUS status = g_wine.EncryptMessage(context, quality, &message, 0);
  if (status == SEC_E_OK) wire->resize(size + parts[1].cbBuffer);
  return status;
}

void Take(SecBuffer* buffer, const uint8_t** from, size_t size) {
  if (buffer == nullptr) return;
  if (size > 0) std::memcpy(buffer->pvBuffer, *from, size);
  buffer->cbBuffer = static_cast<ULONG>(size);
  *from += size;
}

SECURITY_STATUS EncryptAsWindows(PCtxtHandle context, ULONG quality, const Outgoing& buffers) {
  if (quality != 0 && quality != KERB_WRAP_NO_ENCRYPT) return SEC_E_QOP_NOT_SUPPORTED;
  const bool sealed = quality == 0;
  const KeyType key = Recall(*context).key();
  if (!Fits(buffers, sealed, SizesOf(key), key)) return SEC_E_BUFFER_TOO_SMALL;
  Octets wire;
  const SECURITY_STATUS status = EncryptPlainly(context, quality, *buffers.data, &wire);
  if (status != SEC_E_OK) return status;
  const Parts parts = ArrangeAsWindows(&wire, buffers.data->cbBuffer, sealed, key);
  const uint8_t* from = wire.data();
  Take(buffers.token, &from, parts.token);
  Take(buffers.data, &from, parts.data);
  Take(buffers.padding, &from, parts.padding);
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY Encrypt(PCtxtHandle context, ULONG quality, PSecBufferDesc message,
                                  ULONG) {
  if (context == nullptr) return SEC_E_INVALID_HANDLE;
  const Outgoing buffers = {Find(message, SECBUFFER_TOKEN), Find(message, SECBUFFER_DATA),
                            Find(message, SECBUFFER_PADDING)};
  if (buffers.token == nullptr || !HasOneData(message)) return SEC_E_INVALID_TOKEN;
  return Guarded([&] { return EncryptAsWindows(context, quality, buffers); });
}

// ---------------------------------------------------------------- DecryptMessage, VerifySignature

// Wine says of a replay what it says of garbage. A number that a genuine message had is a replay.
SECURITY_STATUS Judge(SECURITY_STATUS status, const CtxtHandle& context, const uint8_t* token,
                      size_t size) {
  const auto number = SequenceNumber(token, size);
  if (!number) return status;
  if (status == SEC_E_OK) NoteReceived(context, *number);
  if (status != static_cast<SECURITY_STATUS>(SEC_E_INVALID_TOKEN)) return status;
  return WasReceived(context, *number) ? static_cast<SECURITY_STATUS>(SEC_E_OUT_OF_SEQUENCE)
                                       : status;
}

SECURITY_STATUS DecryptStream(PCtxtHandle context, const SecBuffer& stream, SecBuffer* data,
                              ULONG* quality) {
  const auto found = ReadWrapToken(BytesOf(stream), stream.cbBuffer, Recall(*context).key());
  if (!found) return SEC_E_INVALID_TOKEN;
  Octets wire(BytesOf(stream), BytesOf(stream) + stream.cbBuffer);
  SecBuffer parts[] = {
      MakeBuffer(SECBUFFER_DATA, &wire, 0, found->message_size),
      MakeBuffer(SECBUFFER_TOKEN, &wire, found->message_size, wire.size() - found->message_size)};
  SecBufferDesc message = Describe(parts, 2);
  ULONG ignored = 0;
  const SECURITY_STATUS status = Judge(g_wine.DecryptMessage(context, &message, 0, &ignored),
                                       *context, BytesOf(stream), stream.cbBuffer);
  if (status != SEC_E_OK) return status;
  uint8_t* place = static_cast<uint8_t*>(stream.pvBuffer) + found->message_offset;
  if (found->message_size > 0) std::memcpy(place, wire.data(), found->message_size);
  data->pvBuffer = place;
  data->cbBuffer = static_cast<ULONG>(found->message_size);
  if (quality != nullptr) *quality = found->sealed ? 0 : KERB_WRAP_NO_ENCRYPT;
  return SEC_E_OK;
}

void Append(Octets* octets, const SecBuffer* buffer) {
  if (buffer == nullptr || buffer->cbBuffer == 0) return;
  octets->insert(octets->end(), BytesOf(*buffer), BytesOf(*buffer) + buffer->cbBuffer);
}

// TOKEN, DATA and PADDING in a row are a stream; the message goes to DATA.
SECURITY_STATUS DecryptParts(PCtxtHandle context, const Outgoing& buffers, ULONG* quality) {
  Octets wire;
  Append(&wire, buffers.token);
  Append(&wire, buffers.data);
  Append(&wire, buffers.padding);
  const SecBuffer stream = MakeBuffer(SECBUFFER_STREAM, &wire, 0, wire.size());
  SecBuffer found = {};
  const SECURITY_STATUS status = DecryptStream(context, stream, &found, quality);
  if (status != SEC_E_OK) return status;
  if (found.cbBuffer > buffers.data->cbBuffer) return SEC_E_INVALID_TOKEN;
  const uint8_t* from = BytesOf(found);
  Take(buffers.data, &from, found.cbBuffer);
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY Decrypt(PCtxtHandle context, PSecBufferDesc message, ULONG,
                                  ULONG* quality) {
  if (context == nullptr) return SEC_E_INVALID_HANDLE;
  SecBuffer* stream = Find(message, SECBUFFER_STREAM);
  const Outgoing parts = {Find(message, SECBUFFER_TOKEN), Find(message, SECBUFFER_DATA),
                          Find(message, SECBUFFER_PADDING)};
  if (!HasOneData(message)) return SEC_E_INVALID_TOKEN;
  return Guarded([&]() -> SECURITY_STATUS {
    if (stream != nullptr) return DecryptStream(context, *stream, parts.data, quality);
    if (parts.token == nullptr) return SEC_E_INVALID_TOKEN;
    return DecryptParts(context, parts, quality);
  });
}

SECURITY_STATUS SEC_ENTRY Verify(PCtxtHandle context, PSecBufferDesc message, ULONG number,
                                 ULONG* quality) {
  const SECURITY_STATUS status = g_wine.VerifySignature(context, message, number, quality);
  const SecBuffer* token = Find(message, SECBUFFER_TOKEN);
  if (context == nullptr || token == nullptr) return status;
  return Guarded([&] { return Judge(status, *context, BytesOf(*token), token->cbBuffer); });
}

// ---------------------------------------------------------------- QueryContextAttributesW

SECURITY_STATUS TellSizes(PCtxtHandle context, SecPkgContext_Sizes* sizes) {
  const SECURITY_STATUS status = g_wine.QueryContextAttributesW(context, SECPKG_ATTR_SIZES, sizes);
  if (status != SEC_E_OK) return status;
  const Sizes real = SizesOf(Recall(*context).key());
  sizes->cbMaxSignature = static_cast<ULONG>(real.signature);
  sizes->cbBlockSize = static_cast<ULONG>(real.block);
  sizes->cbSecurityTrailer = static_cast<ULONG>(real.trailer);
  return SEC_E_OK;
}

// Memory that FreeContextBuffer frees.
SEC_WCHAR* CopyText(const std::string& text) {
  const int size = static_cast<int>(text.size());
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  const size_t bytes = (static_cast<size_t>(length) + 1) * sizeof(SEC_WCHAR);
  auto* copy = static_cast<SEC_WCHAR*>(HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes));
  if (copy == nullptr) throw std::bad_alloc();
  MultiByteToWideChar(CP_UTF8, 0, text.data(), size, copy, length);
  return copy;
}

SECURITY_STATUS TellNames(const Known& known, SecPkgContext_NativeNamesW* names) {
  if (known.handshake.client.empty()) return SEC_E_UNSUPPORTED_FUNCTION;
  names->sClientName = CopyText(known.handshake.client);
  names->sServerName = CopyText(known.handshake.server);
  return SEC_E_OK;
}

SECURITY_STATUS TellLifespan(const Known& known, SecPkgContext_Lifespan* lifespan) {
  lifespan->tsStart = known.established;
  lifespan->tsExpiry = known.expiry;
  return SEC_E_OK;
}

SECURITY_STATUS TellPackage(SecPkgContext_PackageInfoW* package) {
  wchar_t name[] = L"Kerberos";
  return g_wine.QuerySecurityPackageInfoW(name, &package->PackageInfo);
}

SECURITY_STATUS Tell(PCtxtHandle context, ULONG attribute, void* buffer) {
  switch (attribute) {
    case SECPKG_ATTR_SIZES:
      return TellSizes(context, static_cast<SecPkgContext_Sizes*>(buffer));
    case SECPKG_ATTR_NATIVE_NAMES:
      return TellNames(Recall(*context), static_cast<SecPkgContext_NativeNamesW*>(buffer));
    case SECPKG_ATTR_LIFESPAN:
      return TellLifespan(Recall(*context), static_cast<SecPkgContext_Lifespan*>(buffer));
    case SECPKG_ATTR_FLAGS:
      static_cast<SecPkgContext_Flags*>(buffer)->Flags = Recall(*context).attributes;
      return SEC_E_OK;
    case SECPKG_ATTR_PACKAGE_INFO:
      return TellPackage(static_cast<SecPkgContext_PackageInfoW*>(buffer));
    default:
      return g_wine.QueryContextAttributesW(context, attribute, buffer);
  }
}

SECURITY_STATUS SEC_ENTRY Query(PCtxtHandle context, ULONG attribute, void* buffer) {
  if (context == nullptr) return SEC_E_INVALID_HANDLE;
  return Guarded([&] { return Tell(context, attribute, buffer); });
}

// The table points at this addon for as long as the process lives, whoever loaded it.
void StayLoaded() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&g_wine), &self);
}

void Replace(SecurityFunctionTableW* table) {
  g_wine = *table;
  table->InitializeSecurityContextW = Initialize;
  table->AcceptSecurityContext = Accept;
  table->DeleteSecurityContext = Delete;
  table->EncryptMessage = Encrypt;
  table->DecryptMessage = Decrypt;
  table->VerifySignature = Verify;
  table->QueryContextAttributesW = Query;
  Direct(table);
}

}  // namespace

void Install() {
  static std::once_flag once;
  std::call_once(once, [] {
    StayLoaded();
    Replace(InitSecurityInterfaceW());
  });
}

}  // namespace shim
