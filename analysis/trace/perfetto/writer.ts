import {
  type Annotation,
  COUNTER,
  encodePackets,
  type Interned,
  NEEDS_STATE,
  ORDER_EXPLICIT,
  type Packet,
  SLICE_BEGIN,
  SLICE_END,
  STATE_CLEARED,
  UNIT_COUNT,
} from './schema.js';

const SEQUENCE = 1;
/** Packets that are encoded together. */
const BATCH = 4096;

export type Args = Readonly<Record<string, string | number>>;

/** Names that are written once and then referred to by number. */
class Interning {
  private readonly ids = new Map<string, number>();
  private fresh: Interned[] = [];

  idOf(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const iid = this.ids.size + 1;
    this.ids.set(name, iid);
    this.fresh.push({ iid, name });
    return iid;
  }

  take(): readonly Interned[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }
}

/** Tokens that a slice gives and takes, by number. */
export interface Flows {
  readonly out: readonly number[];
  readonly in: readonly number[];
}

/** Writes track events (perfetto.dev/docs/reference/synthetic-track-event). Time stamps are nanoseconds: here, cycles. */
export class TrackEventWriter {
  private packets: Packet[] = [];
  private readonly pieces: Uint8Array[] = [];
  private readonly names = new Interning();
  private readonly categories = new Interning();
  private readonly keys = new Interning();
  private lastTrack = 0;
  private cleared = false;

  /** A track of slices; the tracks under it are shown in the order of their ranks. */
  track(name: string, rank: number, description: string, parent?: number): number {
    const uuid = ++this.lastTrack;
    const under = parent === undefined ? {} : { parentUuid: parent };
    this.put({ trackDescriptor: { uuid, ...under, name, description, childOrdering: ORDER_EXPLICIT, siblingOrderRank: rank } });
    return uuid;
  }

  counterTrack(name: string, rank: number, unitName: string, parent: number): number {
    const uuid = ++this.lastTrack;
    const counter = { unit: UNIT_COUNT, unitName };
    this.put({ trackDescriptor: { uuid, parentUuid: parent, name, siblingOrderRank: rank, counter } });
    return uuid;
  }

  /** Begins a slice. Slices of a track that begin later and end earlier lie in it. */
  begin(track: number, timestamp: number, name: string, category: string, args: Args, flows?: Flows): void {
    this.event(timestamp, {
      type: SLICE_BEGIN,
      trackUuid: track,
      nameIid: this.names.idOf(name),
      categoryIids: [this.categories.idOf(category)],
      debugAnnotations: Object.entries(args).map(([key, value]) => this.annotation(key, value)),
      ...(flows === undefined ? {} : { flowIds: flows.out, terminatingFlowIds: flows.in }),
    });
  }

  end(track: number, timestamp: number): void {
    this.event(timestamp, { type: SLICE_END, trackUuid: track });
  }

  counter(track: number, timestamp: number, value: number): void {
    const field = Number.isInteger(value) ? { counterValue: value } : { doubleCounterValue: value };
    this.event(timestamp, { type: COUNTER, trackUuid: track, ...field });
  }

  /** The file, in pieces. */
  finish(): readonly Uint8Array[] {
    this.flush();
    return this.pieces;
  }

  private annotation(key: string, value: string | number): Annotation {
    const nameIid = this.keys.idOf(key);
    return typeof value === 'number' ? { nameIid, uintValue: value } : { nameIid, stringValue: value };
  }

  private event(timestamp: number, trackEvent: NonNullable<Packet['trackEvent']>): void {
    const fresh = { eventNames: this.names.take(), eventCategories: this.categories.take(), debugAnnotationNames: this.keys.take() };
    const internedData = Object.values(fresh).some((list) => list.length > 0) ? { internedData: fresh } : {};
    this.put({ timestamp, trackEvent, ...internedData });
  }

  private put(packet: Omit<Packet, 'trustedPacketSequenceId'>): void {
    const sequenceFlags = this.cleared ? NEEDS_STATE : STATE_CLEARED;
    this.cleared = true;
    this.packets.push({ ...packet, trustedPacketSequenceId: SEQUENCE, sequenceFlags });
    if (this.packets.length >= BATCH) this.flush();
  }

  private flush(): void {
    if (this.packets.length > 0) this.pieces.push(encodePackets(this.packets));
    this.packets = [];
  }
}
