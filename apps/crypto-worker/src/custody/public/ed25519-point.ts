/** The field and the constant d of edwards25519 (RFC 8032 §5.1). */
const p = 2n ** 255n - 19n;
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const sqrtOfMinusOne = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;

const mod = (value: bigint): bigint => ((value % p) + p) % p;

const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
};

const inverse = (value: bigint): bigint => power(value, p - 2n);

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** RFC 8032 §5.1.3. @returns undefined if no point has this encoding, or it is not the shortest one */
const decoded = (encoding: Uint8Array): Point | undefined => {
  const bytes = Buffer.from(encoding).reverse();
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0;
  const y = BigInt(`0x${bytes.toString('hex')}`) & (2n ** 255n - 1n);
  if (y >= p) return undefined;
  const square = mod((y * y - 1n) * inverse(d * y * y + 1n));
  const candidate = power(square, (p + 3n) / 8n);
  const root = mod(candidate * candidate) === square ? candidate : mod(candidate * sqrtOfMinusOne);
  if (mod(root * root) !== square || (root === 0n && isNegative)) return undefined;
  return { x: ((root & 1n) === 1n) === isNegative ? root : mod(-root), y };
};

const doubled = ({ x, y }: Point): Point => {
  const product = mod(d * x * x * y * y);
  return { x: mod(2n * x * y * inverse(1n + product)), y: mod((y * y + x * x) * inverse(1n - product)) };
};

/**
 * Whether the 32 bytes are a point of edwards25519 that is not of small order. Under one of the eight points of small order,
 * signatures verify that nobody made. OpenSSL takes any 32 bytes.
 */
export const isSoundEd25519 = (encoding: Uint8Array): boolean => {
  const point = encoding.length === 32 ? decoded(encoding) : undefined;
  if (point === undefined) return false;
  const eightfold = doubled(doubled(doubled(point)));
  return !(eightfold.x === 0n && eightfold.y === 1n);
};
