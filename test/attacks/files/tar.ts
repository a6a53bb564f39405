/** One member of an archive; nothing about it is checked, which is the point. */
export interface Member {
  readonly name: string;
  readonly content?: string;
  /** ustar's letter: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` pipe. */
  readonly type?: string;
  readonly linkname?: string;
  readonly mode?: number;
  /** What the header says of the size, when that is not true. */
  readonly size?: bigint;
}

const BLOCK = 512;

/** A tar archive, as honest or dishonest as its members. */
export function tar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const content = Buffer.from(member.content ?? "");
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [...longName(member.name), header(member, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** GNU's way to say a name of more than 100 bytes. */
function longName(name: string): Buffer[] {
  if (Buffer.byteLength(name) <= 100) return [];
  const text = Buffer.from(`${name}\0`);
  const padding = Buffer.alloc((BLOCK - (text.length % BLOCK)) % BLOCK);
  return [header({ name: "././@LongLink", type: "L" }, text.length), text, padding];
}

function header({ name, type = "0", linkname = "", mode = 0o644, size }: Member, length: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, 100), 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  const claimed = size ?? BigInt(length);
  if (claimed < 1n << 33n) block.write(octal(Number(claimed), 12), 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(claimed, 128);
  }
  block.write(octal(0, 12), 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(linkname, 157);
  block.write("ustar\u000000", 257);
  block.write(octal(1, 8), 329);
  block.write(octal(5, 8), 337);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}
