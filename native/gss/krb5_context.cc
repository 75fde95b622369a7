#include <cerrno>

#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

Status Ready(const Context* context, const char* call, bool there) {
  if (!there) return Unsupported(call);
  if (context->complete) return Status::Ok();
  return Status::Refuse(kErrNotEstablished, "the context is not established", call);
}

// A failure is in krb5's words, whatever negotiated it.
Status CheckKrb5(const char* call, OM_uint32 major, OM_uint32 minor) {
  return Check(call, major, minor, Krb5Oid());
}

uint32_t Reversed(uint32_t bits) {
  uint32_t reversed = 0;
  for (int i = 0; i < 32; i++) reversed |= ((bits >> i) & 1) << (31 - i);
  return reversed;
}

void Take(const gss_krb5_lucid_key_t& from, LucidKey* to) {
  to->type = from.type;
  to->key = Secret(Bytes{static_cast<const uint8_t*>(from.data), from.length});
}

void Take(const gss_krb5_lucid_context_v1_t& from, LucidContext* to) {
  to->initiator = from.initiate != 0;
  to->end_time = from.endtime;
  to->send_sequence = from.send_seq;
  to->receive_sequence = from.recv_seq;
  to->protocol = from.protocol;
  if (from.protocol == 0) {
    to->sign_algorithm = from.rfc1964_kd.sign_alg;
    to->seal_algorithm = from.rfc1964_kd.seal_alg;
    return Take(from.rfc1964_kd.ctx_key, &to->key);
  }
  Take(from.cfx_kd.ctx_key, &to->key);
  to->has_acceptor_subkey = from.cfx_kd.have_acceptor_subkey != 0;
  if (to->has_acceptor_subkey) Take(from.cfx_kd.acceptor_subkey, &to->acceptor_subkey);
}

}  // namespace

Status ContextTicketFlags(Context* context, uint32_t* flags) {
  static constexpr char kCall[] = "gss_krb5_get_tkt_flags";
  Status status = Ready(context, kCall, g_gss->gss_krb5_get_tkt_flags != nullptr);
  if (!status.ok()) return status;
  krb5_flags told = 0;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_krb5_get_tkt_flags(&minor, context->handle.get(), &told);
  status = CheckKrb5(kCall, major, minor);
  // Quirk(heimdal): counts the flags from the lowest bit.
  *flags = g_gss->mit ? static_cast<uint32_t>(told) : Reversed(static_cast<uint32_t>(told));
  return status;
}

Status ContextAuthTime(Context* context, int64_t* seconds) {
  static constexpr char kCall[] = "gsskrb5_extract_authtime_from_sec_context";
  Status status =
      Ready(context, kCall, g_gss->gsskrb5_extract_authtime_from_sec_context != nullptr);
  if (!status.ok()) return status;
  // Quirk(heimdal): writes a time_t where MIT writes 32 bits, which are without sign past 2038.
  union {
    krb5_timestamp mit;
    time_t heimdal;
  } told = {};
  OM_uint32 minor;
  OM_uint32 major = g_gss->gsskrb5_extract_authtime_from_sec_context(
      &minor, context->handle.get(), reinterpret_cast<krb5_timestamp*>(&told));
  *seconds = g_gss->mit ? static_cast<uint32_t>(told.mit) : told.heimdal;
  return CheckKrb5(kCall, major, minor);
}

// MIT has them all under an object identifier that ends with the type; its function gives one, and
// where there is none a failure without a reason.
// Quirk(mit): 1.20 composes that identifier from a negative type for ever. Types here begin with 1.
Status ContextAuthorizationData(Context* context, uint32_t type, std::vector<Secret>* elements) {
  static constexpr char kCall[] = "gsskrb5_extract_authz_data_from_sec_context";
  if (g_gss->mit) {
    return InquireContextByOid(context, "1.2.840.113554.1.2.2.5.10." + std::to_string(type),
                               elements);
  }
  Status status =
      Ready(context, kCall, g_gss->gsskrb5_extract_authz_data_from_sec_context != nullptr);
  if (!status.ok()) return status;
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gsskrb5_extract_authz_data_from_sec_context(
      &minor, context->handle.get(), static_cast<int>(type), buffer.out());
  if (GSS_ERROR(major) && minor == ENOENT) return status;
  status = CheckKrb5(kCall, major, minor);
  if (status.ok()) elements->emplace_back(Bytes{buffer.data(), buffer.size()});
  return status;
}

Status ExportLucidContext(Context* context, LucidContext* lucid) {
  static constexpr char kCall[] = "gss_krb5_export_lucid_sec_context";
  bool there = g_gss->gss_krb5_export_lucid_sec_context != nullptr &&
               g_gss->gss_krb5_free_lucid_sec_context != nullptr;
  Status status = Ready(context, kCall, there);
  if (!status.ok()) return status;
  void* told = nullptr;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_krb5_export_lucid_sec_context(&minor, context->handle.out(), 1, &told);
  status = CheckKrb5(kCall, major, minor);
  if (!status.ok()) return status;
  Take(*static_cast<const gss_krb5_lucid_context_v1_t*>(told), lucid);
  g_gss->gss_krb5_free_lucid_sec_context(&minor, told);
  context->handle.Reset();  // MIT has done so, Heimdal has not
  return status;
}

}  // namespace backend
}  // namespace gssapi
