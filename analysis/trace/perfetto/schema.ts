import protobuf from 'protobufjs/light.js';

/**
 * The messages of Perfetto's trace format that are written here, by the public field numbers of trace_packet.proto, track_event.proto,
 * track_descriptor.proto, counter_descriptor.proto, debug_annotation.proto and interned_data.proto
 * (perfetto.dev/docs/reference/trace-packet-proto).
 */
type Fields = Readonly<Record<string, readonly [type: string, id: number, repeated?: true]>>;

const MESSAGES: Readonly<Record<string, Fields>> = {
  Trace: { packet: ['TracePacket', 1, true] },
  TracePacket: {
    timestamp: ['uint64', 8],
    trustedPacketSequenceId: ['uint32', 10],
    trackEvent: ['TrackEvent', 11],
    internedData: ['InternedData', 12],
    sequenceFlags: ['uint32', 13],
    trackDescriptor: ['TrackDescriptor', 60],
  },
  TrackDescriptor: {
    uuid: ['uint64', 1],
    name: ['string', 2],
    parentUuid: ['uint64', 5],
    counter: ['CounterDescriptor', 8],
    childOrdering: ['uint32', 11],
    siblingOrderRank: ['int32', 12],
    description: ['string', 14],
  },
  CounterDescriptor: { unit: ['uint32', 3], unitName: ['string', 6] },
  TrackEvent: {
    categoryIids: ['uint64', 3, true],
    debugAnnotations: ['DebugAnnotation', 4, true],
    type: ['uint32', 9],
    nameIid: ['uint64', 10],
    trackUuid: ['uint64', 11],
    counterValue: ['int64', 30],
    doubleCounterValue: ['double', 44],
    flowIds: ['fixed64', 47, true],
    terminatingFlowIds: ['fixed64', 48, true],
  },
  DebugAnnotation: { nameIid: ['uint64', 1], uintValue: ['uint64', 3], stringValue: ['string', 6] },
  InternedData: {
    eventCategories: ['EventCategory', 1, true],
    eventNames: ['EventName', 2, true],
    debugAnnotationNames: ['DebugAnnotationName', 3, true],
  },
  EventCategory: { iid: ['uint64', 1], name: ['string', 2] },
  EventName: { iid: ['uint64', 1], name: ['string', 2] },
  DebugAnnotationName: { iid: ['uint64', 1], name: ['string', 2] },
};

/** Made field by field, which gives them the presence of proto2: a zero is written. */
const root = new protobuf.Root();
for (const [name, fields] of Object.entries(MESSAGES)) {
  const type = new protobuf.Type(name);
  for (const [field, [kind, id, repeated]] of Object.entries(fields)) {
    type.add(new protobuf.Field(field, id, kind, repeated === true ? 'repeated' : undefined));
  }
  root.add(type);
}
const traceType = root.lookupType('Trace');

/** Values of enumerations. */
export const SLICE_BEGIN = 1;
export const SLICE_END = 2;
export const COUNTER = 4;
export const ORDER_EXPLICIT = 3;
export const UNIT_COUNT = 2;
/** Bits of sequence_flags: interned data begins anew; the packet needs interned data of earlier ones. */
export const STATE_CLEARED = 1;
export const NEEDS_STATE = 2;

export interface Annotation {
  readonly nameIid: number;
  readonly uintValue?: number;
  readonly stringValue?: string;
}
export interface Interned {
  readonly iid: number;
  readonly name: string;
}

/** A packet as protobuf's field names (in camel case) say it. */
export interface Packet {
  readonly timestamp?: number;
  readonly trustedPacketSequenceId: number;
  readonly sequenceFlags?: number;
  readonly internedData?: {
    readonly eventCategories?: readonly Interned[];
    readonly eventNames?: readonly Interned[];
    readonly debugAnnotationNames?: readonly Interned[];
  };
  readonly trackDescriptor?: {
    readonly uuid: number;
    readonly name?: string;
    readonly description?: string;
    readonly parentUuid?: number;
    readonly counter?: { readonly unit?: number; readonly unitName?: string };
    readonly childOrdering?: number;
    readonly siblingOrderRank?: number;
  };
  readonly trackEvent?: {
    readonly type: number;
    readonly trackUuid: number;
    readonly nameIid?: number;
    readonly categoryIids?: readonly number[];
    readonly debugAnnotations?: readonly Annotation[];
    readonly counterValue?: number;
    readonly doubleCounterValue?: number;
    readonly flowIds?: readonly number[];
    readonly terminatingFlowIds?: readonly number[];
  };
}

/** Bytes of some packets. A trace file is any number of such pieces, one after the other. */
export const encodePackets = (packets: readonly Packet[]): Uint8Array => traceType.encode({ packet: packets }).finish();
