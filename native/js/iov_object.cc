// Messages in parts, and the pseudo-random function: synchronous, in the caller's memory.
#include <algorithm>

#include "exports.h"
#include "message_object.h"

namespace gssapi {
namespace {

using backend::Context;
using backend::IovPart;
using backend::IovParts;
using backend::IovType;
using backend::MessageResult;

// ---------------------------------------------------------------- parts

IovParts ReadParts(const Call& call, size_t types_at, size_t views_at) {
  auto [types, count] = call.Numbers(types_at);
  std::vector<MutableBytes> views = call.Spans(views_at);
  if (views.size() != count) {
    throw StatusError{Status::Refuse(kErrInternalAssertion, "as many types as parts")};
  }
  IovParts parts(count);
  for (size_t i = 0; i < count; i++) parts[i] = {static_cast<IovType>(types[i]), views[i]};
  return parts;
}

// What of each part is used.
void WriteSizes(const Call& call, size_t at, const IovParts& parts) {
  auto [sizes, count] = call.Numbers(at);
  for (size_t i = 0; i < std::min(count, parts.size()); i++) {
    sizes[i] = static_cast<uint32_t>(parts[i].bytes.size);
  }
}

struct Place {
  uintptr_t from;
  uintptr_t to;
  size_t index;
  bool written;
};

// What a call writes to: a MIC, or in other calls all but what is signed only.
bool IsWritten(IovType type, bool mic) {
  return mic ? type == IovType::kMic : type != IovType::kSignOnly;
}

std::vector<Place> PlacesOf(const IovParts& parts, bool mic) {
  std::vector<Place> places;
  for (size_t i = 0; i < parts.size(); i++) {
    const auto& [type, bytes] = parts[i];
    if (bytes.size == 0) continue;
    auto from = reinterpret_cast<uintptr_t>(bytes.data);
    places.push_back({from, from + bytes.size, i, IsWritten(type, mic)});
  }
  return places;
}

// src/message/iov.ts makes the message.
[[noreturn]] void ShareMemory(const Place& one, const Place& other) {
  auto [low, high] = std::minmax(one.index, other.index);
  throw StatusError{
      Status::Refuse(kErrInvalidArgValue, std::to_string(low) + " and " + std::to_string(high))};
}

// Only here are addresses known. Bytes that are written may belong to one part only.
void KeepApart(std::vector<Place> places) {
  std::sort(places.begin(), places.end(),
            [](const Place& one, const Place& other) { return one.from < other.from; });
  const Place* reader = nullptr;  // those before that reach furthest
  const Place* writer = nullptr;
  for (const Place& place : places) {
    if (writer != nullptr && place.from < writer->to) ShareMemory(*writer, place);
    if (place.written && reader != nullptr && place.from < reader->to) ShareMemory(*reader, place);
    const Place*& furthest = place.written ? writer : reader;
    if (furthest == nullptr || place.to > furthest->to) furthest = &place;
  }
}

// Takes the MIC out of the parts that it is made of.
MutableBytes TakeMic(IovParts* parts) {
  for (IovPart& part : *parts) {
    if (part.type != IovType::kMic) continue;
    MutableBytes mic = part.bytes;
    part = IovPart();
    return mic;
  }
  throw StatusError{Status::Refuse(kErrInternalAssertion, "no MIC among the parts")};
}

// ---------------------------------------------------------------- calls

napi_value JsWrapIovLength(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  IovParts parts = ReadParts(call, 1, 2);
  Status status = backend::WrapIovLength(context, call.Bool(4), call.Uint32(5), &parts);
  if (!Failed(call, status)) WriteSizes(call, 3, parts);
  return nullptr;
}

napi_value JsWrapIov(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  IovParts parts = ReadParts(call, 1, 2);
  KeepApart(PlacesOf(parts, false));
  Status status = backend::WrapIov(context, call.Bool(4), call.Uint32(5), &parts);
  if (!Failed(call, status)) WriteSizes(call, 3, parts);
  return nullptr;
}

napi_value JsUnwrapIov(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  IovParts parts = ReadParts(call, 1, 2);
  KeepApart(PlacesOf(parts, false));
  MessageResult result;
  if (Failed(call, backend::UnwrapIov(context, &parts, &result))) return nullptr;
  Report(call, result);
  WriteSizes(call, 3, parts);
  return nullptr;
}

napi_value JsGetMicIov(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  IovParts parts = ReadParts(call, 1, 2);
  KeepApart(PlacesOf(parts, true));
  MutableBytes out = Room(TakeMic(&parts), 0, backend::MicBound(*context));
  size_t written = 0;
  Status status = backend::GetMicIov(context, call.Uint32(3), parts, out, &written);
  return Failed(call, status) ? nullptr : Number(call, written);
}

napi_value JsVerifyMicIov(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  IovParts parts = ReadParts(call, 1, 2);
  MutableBytes mic = TakeMic(&parts);
  MessageResult result;
  Status status = backend::VerifyMicIov(context, parts, {mic.data, mic.size}, &result);
  if (!Failed(call, status)) Report(call, result);
  return nullptr;
}

napi_value JsPseudoRandom(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  Failed(call, backend::PseudoRandom(context, call.Bool(3), call.View(1), call.Span(2)));
  return nullptr;
}

}  // namespace

std::vector<Export> IovExports() {
  return {
      {"wrapIovLength", Entry<JsWrapIovLength>}, {"wrapIov", Entry<JsWrapIov>},
      {"unwrapIov", Entry<JsUnwrapIov>},         {"getMicIov", Entry<JsGetMicIov>},
      {"verifyMicIov", Entry<JsVerifyMicIov>},   {"pseudoRandom", Entry<JsPseudoRandom>},
  };
}

}  // namespace gssapi
