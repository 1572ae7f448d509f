/**
 * Reading FlatBuffers without trusting them: every position, length and offset is checked against the file, so that a damaged or
 * hostile file ends in VTA2022, never in an endless loop, a wild read or a huge allocation.
 */
import { ByteBuffer } from 'flatbuffers';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { compilerMessages } from '../../messages.js';

/** Longest string that is read (tensor names); longer ones are taken for damage. */
const STRING_LIMIT = 65536;

export class FlatFile {
  private readonly buffer: ByteBuffer;

  constructor(
    readonly bytes: Uint8Array,
    readonly file: string,
  ) {
    this.buffer = new ByteBuffer(bytes);
  }

  damaged(detail: string): never {
    fail(compilerMessages.VTA2022, { file: this.file, detail });
  }

  /** Does `work`, and adds `place` to what is found wrong with the file, unless something nearer is named already. */
  within<T>(place: string, work: () => T): T {
    try {
      return work();
    } catch (e) {
      if (!(e instanceof VtaError)) throw e;
      const where = { file: this.file, at: place };
      throw new VtaError(e.diagnostics.map((d) => (d.where === null ? { ...d, where } : d)));
    }
  }

  /** Refuses unless `size` bytes lie at `at` inside the file. */
  private inside(at: number, size: number): number {
    if (at < 0 || at + size > this.bytes.length)
      this.damaged(`a reference to byte ${at} (${size} bytes) in a file of ${this.bytes.length} bytes`);
    return at;
  }

  int8(at: number): number {
    return this.buffer.readInt8(this.inside(at, 1));
  }
  uint8(at: number): number {
    return this.buffer.readUint8(this.inside(at, 1));
  }
  uint16(at: number): number {
    return this.buffer.readUint16(this.inside(at, 2));
  }
  int32(at: number): number {
    return this.buffer.readInt32(this.inside(at, 4));
  }
  uint32(at: number): number {
    return this.buffer.readUint32(this.inside(at, 4));
  }
  int64(at: number): number {
    return Number(this.buffer.readInt64(this.inside(at, 8)));
  }
  uint64(at: number): number {
    return Number(this.buffer.readUint64(this.inside(at, 8)));
  }
  float32(at: number): number {
    return this.buffer.readFloat32(this.inside(at, 4));
  }

  /** Where the thing begins that the 32-bit offset at `at` refers to. */
  follow(at: number): number {
    return this.inside(at + this.uint32(at), 4);
  }

  /** A vector's first element and length, for elements of `width` bytes; refused if it reaches beyond the file or `limit` elements. */
  vector(at: number, width: number, limit: number): { start: number; length: number } {
    const start = this.follow(at);
    const length = this.uint32(start);
    this.inside(start + 4, length * width);
    if (length > limit) this.damaged(`a list of ${length} elements where at most ${limit} make sense`);
    return { start: start + 4, length };
  }

  string(at: number): string {
    const { start, length } = this.vector(at, 1, STRING_LIMIT);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  root(): FlatTable {
    return new FlatTable(this, this.follow(0));
  }
}

/** One table: fields by their number in the schema. A field that is absent has its default. */
export class FlatTable {
  private readonly vtable: number;
  private readonly vtableBytes: number;

  constructor(
    readonly file: FlatFile,
    private readonly at: number,
  ) {
    this.vtable = at - file.int32(at);
    this.vtableBytes = file.uint16(this.vtable);
    if (this.vtableBytes < 4 || this.vtableBytes % 2 !== 0) file.damaged(`a table at byte ${at} without a usable field list`);
  }

  /** Position of a field, or 0 where it is absent. */
  private position(field: number): number {
    const slot = 4 + 2 * field;
    if (slot + 2 > this.vtableBytes) return 0;
    const offset = this.file.uint16(this.vtable + slot);
    return offset === 0 ? 0 : this.at + offset;
  }

  has(field: number): boolean {
    return this.position(field) !== 0;
  }

  private read<T>(field: number, absent: T, reader: (at: number) => T): T {
    const at = this.position(field);
    return at === 0 ? absent : reader(at);
  }

  int8(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.int8(at));
  }
  uint8(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.uint8(at));
  }
  int32(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.int32(at));
  }
  uint32(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.uint32(at));
  }
  uint64(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.uint64(at));
  }
  float32(field: number, absent = 0): number {
    return this.read(field, absent, (at) => this.file.float32(at));
  }
  string(field: number): string {
    return this.read(field, '', (at) => this.file.string(at));
  }

  table(field: number): FlatTable | null {
    return this.read<FlatTable | null>(field, null, (at) => new FlatTable(this.file, this.file.follow(at)));
  }

  private list<T>(field: number, width: number, limit: number, reader: (at: number) => T): T[] {
    return this.read<T[]>(field, [], (at) => {
      const { start, length } = this.file.vector(at, width, limit);
      return Array.from({ length }, (_, i) => reader(start + i * width));
    });
  }

  int32s(field: number, limit: number): number[] {
    return this.list(field, 4, limit, (at) => this.file.int32(at));
  }
  int64s(field: number, limit: number): number[] {
    return this.list(field, 8, limit, (at) => this.file.int64(at));
  }
  float32s(field: number, limit: number): number[] {
    return this.list(field, 4, limit, (at) => this.file.float32(at));
  }
  tables(field: number, limit: number): FlatTable[] {
    return this.list(field, 4, limit, (at) => new FlatTable(this.file, this.file.follow(at)));
  }
  /** The bytes of a byte vector, as a view of the file. */
  byteView(field: number): Uint8Array {
    return this.read(field, this.file.bytes.subarray(0, 0), (at) => {
      const { start, length } = this.file.vector(at, 1, this.file.bytes.length);
      return this.file.bytes.subarray(start, start + length);
    });
  }
}
