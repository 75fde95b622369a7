#include "proxy.h"

#include <cstring>
#include <string>

#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

// The interposer's object identifier, 2.16.840.1.113730.3.8.15.1. Followed by a mechanism's, it
// names the library's own implementation of that mechanism (MIT's "Interposer plugins").
uint8_t g_interposer[] = {0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x03, 0x08, 0x0f, 0x01};
uint8_t g_own_krb5[] = {0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x03, 0x08, 0x0f,
                        0x01, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
gss_OID_desc g_own_krb5_oid = {sizeof g_own_krb5, g_own_krb5};

constexpr char kPrincipalType[] = "1.2.840.113554.1.2.2.1";  // GSS_KRB5_NT_PRINCIPAL_NAME

bool IsInterposers(gss_OID mechanism) {
  return mechanism != GSS_C_NO_OID && mechanism->length >= sizeof g_interposer &&
         memcmp(mechanism->elements, g_interposer, sizeof g_interposer) == 0;
}

// Only an interposed mechanism can be called by the long identifier.
bool AskProxied() {
  if (!g_gss->mit || g_gss->gss_inquire_attrs_for_mech == nullptr) return false;
  OidSetHandle attributes;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_attrs_for_mech(&minor, &g_own_krb5_oid, attributes.out(), nullptr);
  return !GSS_ERROR(major);
}

// Whether it is of the interposer's, or of SPNEGO's around that: SPNEGO says krb5's type then, and
// cannot give the name within, since the interposer exports no composite one.
bool IsProxiedName(gss_name_t name) {
  if (name == GSS_C_NO_NAME || g_gss->gss_inquire_name == nullptr) return false;
  int of_mechanism = 0;
  gss_OID mechanism = GSS_C_NO_OID;
  BufferSetHandle attributes;  // Quirk(gssproxy): 0.9 writes them, asked or not
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_name(&minor, name, &of_mechanism, &mechanism, attributes.out());
  if (GSS_ERROR(major) || mechanism == GSS_C_NO_OID) return false;
  bool proxied =
      of_mechanism != 0 && (IsInterposers(mechanism) || OidToText(mechanism) == kSpnegoOid);
  if (g_gss->gss_release_oid != nullptr) g_gss->gss_release_oid(&minor, &mechanism);
  return proxied;
}

}  // namespace

bool Proxied() {
  static const bool proxied = AskProxied();
  return proxied;
}

NameHandle OwnName(gss_name_t name) {
  NameHandle own;
  if (!Proxied() || !IsProxiedName(name)) return own;
  LibraryBuffer text;
  NameHandle principal;
  OM_uint32 minor;
  gss_OID shown = GSS_C_NO_OID;
  if (GSS_ERROR(g_gss->gss_display_name(&minor, name, text.out(), &shown))) return own;
  if (OidToText(shown) != kPrincipalType) return own;
  Oid type(kPrincipalType);
  OM_uint32 major = g_gss->gss_import_name(&minor, text.out(), type.get(), principal.out());
  if (GSS_ERROR(major)) return own;
  major = g_gss->gss_canonicalize_name(&minor, principal.get(), &g_own_krb5_oid, own.out());
  if (GSS_ERROR(major)) own.Reset();
  return own;
}

// Quirk(gssproxy): adds MAP_ERROR_BASE (src/mechglue/gpp_misc.c) to every code, which then has
// neither name nor text.
constexpr uint32_t kMapErrorBase = 0x04200000;

uint32_t OwnMinor(uint32_t minor) {
  if (!Proxied() || *MinorName(minor) != '\0') return minor;
  uint32_t own = minor - kMapErrorBase;
  return *MinorName(own) == '\0' ? minor : own;
}

uint32_t GivenMinor(uint32_t minor) { return Proxied() ? minor + kMapErrorBase : minor; }

Status RefuseProxied(const char* call) {
  return Status::Refuse(kErrUnsupported, "gssproxy's module would end the process in this call",
                        call);
}

}  // namespace backend
}  // namespace gssapi
