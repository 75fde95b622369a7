#include "failure.h"
#include "handles.h"
#include "oid.h"
#include "proxy.h"
#include "shape.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kExport[] = "gss_export_sec_context";
constexpr char kImport[] = "gss_import_sec_context";

// What an established context says of itself to somebody who did not establish it.
Status AskFacts(Context* context, ContextFacts* facts) {
  OM_uint32 minor;
  gss_OID mechanism = GSS_C_NO_OID;
  int initiator = 0;
  int open = 0;
  OM_uint32 major =
      g_gss->gss_inquire_context(&minor, context->handle.get(), nullptr, nullptr, &facts->lifetime,
                                 &mechanism, &facts->flags, &initiator, &open);
  Status status = Check("gss_inquire_context", major, minor, Krb5Oid());
  if (!status.ok()) return status;
  // Quirk(heimdal): 7.8 says 2 for an open context.
  if (open == 0) return Status::RefuseToken(kNoContext, "it was never established", kImport);
  facts->complete = true;
  facts->flags |= GSS_C_PROT_READY_FLAG;
  facts->mechanism = OidToText(mechanism);
  context->mechanism = Oid(facts->mechanism);
  context->request.initiator = initiator != 0;
  context->request.flags = facts->flags;
  return status;
}

}  // namespace

Status ExportContext(Context* context, Secret* token) {
  if (g_gss->gss_export_sec_context == nullptr) return Unsupported(kExport);
  // Quirk(heimdal): 7.8 crashes where half a context is exported and imported.
  if (!context->complete && (!g_gss->mit || !context->handle)) {
    return Status::RefuseToken(kNoContext, "the context is not established", kExport);
  }
  // Quirk(gssproxy): 0.9's gssi_export_sec_context takes the pointer to a context's handle for the
  // context, and crashes.
  if (!context->ntlm && Proxied()) return RefuseProxied(kExport);
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_sec_context(&minor, context->handle.out(), buffer.out());
  Status status = Check(kExport, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  *token = Secret(Bytes{buffer.data(), buffer.size()});
  SecureZero(buffer.out()->value, buffer.size());
  return status;
}

Status ImportContext(const Secret& token, ContextPtr* context, ContextFacts* facts) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (g_gss->gss_import_sec_context == nullptr) return Unsupported(kImport);
  gss_buffer_desc input = Input({token.data(), token.size()});
  auto result = std::make_shared<Context>();
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_sec_context(&minor, &input, result->handle.out());
  status = Check(kImport, major, minor, Krb5Oid());
  if (status.ok()) status = AskFacts(result.get(), facts);
  if (!status.ok()) return status;
  result->started = true;
  result->complete = true;
  MeasureShapes(result.get());
  *context = std::move(result);
  return status;
}

bool IsInitiator(const Context& context) { return context.request.initiator; }

Status ResumeContext(Context* context, const Secret& token, const std::string& mechanism) {
  if (!g_gss->mit) return Unsupported(kImport);
  gss_buffer_desc input = Input({token.data(), token.size()});
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_sec_context(&minor, &input, context->handle.out());
  Status status = Check(kImport, major, minor, Krb5Oid());
  context->started = status.ok();
  context->ntlm = mechanism == kNtlmOid;
  return status;
}

}  // namespace backend
}  // namespace gssapi
