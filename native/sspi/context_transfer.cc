#include "clock.h"
#include "failure.h"
#include "handles.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kExport[] = "ExportSecurityContext";
constexpr char kImport[] = "ImportSecurityContextW";

// What stands before the package's own bytes: what SSPI does not tell of an imported context.
// Layout: format, initiator, local expiry, received, flags (4), last number received (8), lengths
// of the two packages' names, these names. Numbers are big-endian.
constexpr uint8_t kFormat = 1;
constexpr size_t kFixed = 18;

void Append(std::vector<uint8_t>* to, uint64_t number, size_t size) {
  while (size-- != 0) to->push_back(static_cast<uint8_t>(number >> (8 * size)));
}

uint64_t ReadNumber(const uint8_t* from, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size; i++) number = number << 8 | from[i];
  return number;
}

std::vector<uint8_t> Describe(const Context& context) {
  std::vector<uint8_t> head;
  for (bool is : {true, context.request.initiator, context.local_expiry, context.received}) {
    head.push_back(is ? kFormat : 0);
  }
  Append(&head, context.flags, 4);
  Append(&head, context.last_received, 8);
  Append(&head, context.package.size(), 1);
  Append(&head, context.negotiated.size(), 1);
  for (const std::string& name : {context.package, context.negotiated}) {
    head.insert(head.end(), name.begin(), name.end());
  }
  return head;
}

// The package's own bytes; empty where it is no description.
Bytes ReadDescription(Bytes token, Context* context) {
  if (token.size < kFixed || token.data[0] != kFormat) return {};
  const uint8_t* at = token.data;
  size_t package = at[16];
  size_t negotiated = at[17];
  if (token.size <= kFixed + package + negotiated) return {};
  context->request.initiator = at[1] != 0;
  context->local_expiry = at[2] != 0;
  context->received = at[3] != 0;
  context->flags = static_cast<uint32_t>(ReadNumber(at + 4, 4));
  context->last_received = ReadNumber(at + 8, 8);
  const char* names = reinterpret_cast<const char*>(at + kFixed);
  context->package.assign(names, package);
  context->negotiated.assign(names + package, negotiated);
  size_t head = kFixed + package + negotiated;
  return {token.data + head, token.size - head};
}

// One piece of memory, so that the key in it is overwritten once.
Secret Join(const std::vector<uint8_t>& head, const SecBuffer& body) {
  std::vector<uint8_t> joined(head);
  const auto* bytes = static_cast<const uint8_t*>(body.pvBuffer);
  joined.reserve(head.size() + body.cbBuffer);
  joined.insert(joined.end(), bytes, bytes + body.cbBuffer);
  Secret secret(Bytes{joined.data(), joined.size()});
  SecureZero(joined.data(), joined.size());
  return secret;
}

Status Measure(Context* context) {
  SecPkgContext_Lifespan lifespan = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_LIFESPAN, &lifespan) ==
      SEC_E_OK) {
    context->expiry = lifespan.tsExpiry;
  }
  return Check(
      "QueryContextAttributesW",
      Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_SIZES, &context->sizes));
}

}  // namespace

Status ExportContext(Context* context, Secret* token) {
  if (!context->complete) {
    return Status::RefuseToken(kNoContext, "the context is not established", kExport);
  }
  if (Table()->ExportSecurityContext == nullptr) return Unsupported(kExport, "it is missing");
  std::vector<uint8_t> head = Describe(*context);
  SecBuffer packed = {};
  void* user = nullptr;  // of an impersonated user; nobody here wants it
  Status status =
      Check(kExport, Table()->ExportSecurityContext(
                         context->handle.get(), SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, &user));
  if (!status.ok()) return status;
  if (user != nullptr) CloseHandle(user);
  ContextBuffer<void> memory(packed.pvBuffer);
  *token = Join(head, packed);
  SecureZero(packed.pvBuffer, packed.cbBuffer);
  Invalidate(context->handle.out());  // it was deleted with the export
  return status;
}

Status ImportContext(const Secret& token, ContextPtr* context, ContextFacts* facts) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (Table()->ImportSecurityContextW == nullptr) return Unsupported(kImport, "it is missing");
  auto result = std::make_shared<Context>();
  Bytes body = ReadDescription({token.data(), token.size()}, result.get());
  if (body.size == 0) {
    return Status::RefuseToken(kDefectiveToken, "it does not describe a context", kImport);
  }
  std::wstring package = ToWide(result->package);
  SecBuffer packed = {static_cast<unsigned long>(body.size), SECBUFFER_TOKEN,
                      const_cast<uint8_t*>(body.data)};
  status = Check(kImport, Table()->ImportSecurityContextW(Mutable(package), &packed, nullptr,
                                                          result->handle.out()));
  if (status.ok()) status = Measure(result.get());
  if (!status.ok()) return status;
  result->started = true;
  result->complete = true;
  facts->complete = true;
  facts->flags = result->flags;
  facts->lifetime = SecondsUntil(result->expiry, result->local_expiry);
  facts->mechanism = MechanismOf(result->negotiated);
  *context = std::move(result);
  return status;
}

bool IsInitiator(const Context& context) { return context.request.initiator; }

Status ResumeContext(Context*, const Secret&, const std::string&) {
  return Unsupported(kImport, "contexts are exported once they are established");
}

}  // namespace backend
}  // namespace gssapi
