// The SHA-256 compression function (FIPS 180-4 §6.2.2) over four independent messages at once: word i of
// message l sits in 32-bit lane l of vector i. Nothing here branches on data.

/** The 64 round constants, FIPS 180-4 §4.2.2. */
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** The eight chaining values of four messages: word i at STATE + 16 i. */
const STATE: usize = memory.data(128, 16);
/** One 64-byte block of each of four messages, transposed: word i at BLOCK + 16 i. */
const BLOCK: usize = memory.data(256, 16);

// @ts-ignore: decorator
@inline
function add(x: v128, y: v128): v128 {
  return i32x4.add(x, y);
}

// @ts-ignore: decorator
@inline
function xor(x: v128, y: v128): v128 {
  return v128.xor(x, y);
}

/** Σ0 of FIPS 180-4: the six shifts of three rotations, combined by exclusive or. */
// @ts-ignore: decorator
@inline
function bigSigma0(x: v128): v128 {
  return xor(
    xor(xor(i32x4.shr_u(x, 2), i32x4.shl(x, 30)), xor(i32x4.shr_u(x, 13), i32x4.shl(x, 19))),
    xor(i32x4.shr_u(x, 22), i32x4.shl(x, 10)),
  );
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: v128): v128 {
  return xor(
    xor(xor(i32x4.shr_u(x, 6), i32x4.shl(x, 26)), xor(i32x4.shr_u(x, 11), i32x4.shl(x, 21))),
    xor(i32x4.shr_u(x, 25), i32x4.shl(x, 7)),
  );
}

// @ts-ignore: decorator
@inline
function smallSigma0(x: v128): v128 {
  return xor(
    xor(xor(i32x4.shr_u(x, 7), i32x4.shl(x, 25)), xor(i32x4.shr_u(x, 18), i32x4.shl(x, 14))),
    i32x4.shr_u(x, 3),
  );
}

// @ts-ignore: decorator
@inline
function smallSigma1(x: v128): v128 {
  return xor(
    xor(xor(i32x4.shr_u(x, 17), i32x4.shl(x, 15)), xor(i32x4.shr_u(x, 19), i32x4.shl(x, 13))),
    i32x4.shr_u(x, 10),
  );
}

/** T1 of one round: h + Σ1(e) + Ch(e, f, g) + K[i] + W[i]. */
// @ts-ignore: decorator
@inline
function t1(e: v128, f: v128, g: v128, h: v128, k: usize, w: v128): v128 {
  return add(add(add(h, add(w, v128.load_splat<u32>(k))), xor(g, v128.and(e, xor(f, g)))), bigSigma1(e));
}

/** T2 of one round: Σ0(a) + Maj(a, b, c). */
// @ts-ignore: decorator
@inline
function t2(a: v128, b: v128, c: v128): v128 {
  return add(bigSigma0(a), xor(b, v128.and(xor(a, b), xor(b, c))));
}

/** One step of the message schedule: W[i] = σ1(W[i-2]) + W[i-7] + σ0(W[i-15]) + W[i-16]. */
// @ts-ignore: decorator
@inline
function expand(w16: v128, w15: v128, w7: v128, w2: v128): v128 {
  return add(add(w16, smallSigma0(w15)), add(w7, smallSigma1(w2)));
}

/** Sets all four chaining values to the initial hash value of FIPS 180-4 §5.3.3. */
export function begin(): void {
  v128.store(STATE, i32x4.splat(0x6a09e667), 0);
  v128.store(STATE, i32x4.splat(0xbb67ae85), 16);
  v128.store(STATE, i32x4.splat(0x3c6ef372), 32);
  v128.store(STATE, i32x4.splat(0xa54ff53a), 48);
  v128.store(STATE, i32x4.splat(0x510e527f), 64);
  v128.store(STATE, i32x4.splat(0x9b05688c), 80);
  v128.store(STATE, i32x4.splat(0x1f83d9ab), 96);
  v128.store(STATE, i32x4.splat(0x5be0cd19), 112);
}

/** Folds BLOCK into STATE. */
export function compress(): void {
  let w0 = v128.load(BLOCK, 0);
  let w1 = v128.load(BLOCK, 16);
  let w2 = v128.load(BLOCK, 32);
  let w3 = v128.load(BLOCK, 48);
  let w4 = v128.load(BLOCK, 64);
  let w5 = v128.load(BLOCK, 80);
  let w6 = v128.load(BLOCK, 96);
  let w7 = v128.load(BLOCK, 112);
  let w8 = v128.load(BLOCK, 128);
  let w9 = v128.load(BLOCK, 144);
  let w10 = v128.load(BLOCK, 160);
  let w11 = v128.load(BLOCK, 176);
  let w12 = v128.load(BLOCK, 192);
  let w13 = v128.load(BLOCK, 208);
  let w14 = v128.load(BLOCK, 224);
  let w15 = v128.load(BLOCK, 240);
  let a = v128.load(STATE, 0);
  let b = v128.load(STATE, 16);
  let c = v128.load(STATE, 32);
  let d = v128.load(STATE, 48);
  let e = v128.load(STATE, 64);
  let f = v128.load(STATE, 80);
  let g = v128.load(STATE, 96);
  let h = v128.load(STATE, 112);
  let t: v128;
  let k = K;
  // Sixteen rounds a turn: the eight working variables are back in their places after every eighth, so the
  // loop body needs no moves, and it stays small enough for the processor's cache of decoded instructions.
  while (true) {
    t = t1(e, f, g, h, k, w0); d = add(d, t); h = add(t, t2(a, b, c));
    t = t1(d, e, f, g, k + 4, w1); c = add(c, t); g = add(t, t2(h, a, b));
    t = t1(c, d, e, f, k + 8, w2); b = add(b, t); f = add(t, t2(g, h, a));
    t = t1(b, c, d, e, k + 12, w3); a = add(a, t); e = add(t, t2(f, g, h));
    t = t1(a, b, c, d, k + 16, w4); h = add(h, t); d = add(t, t2(e, f, g));
    t = t1(h, a, b, c, k + 20, w5); g = add(g, t); c = add(t, t2(d, e, f));
    t = t1(g, h, a, b, k + 24, w6); f = add(f, t); b = add(t, t2(c, d, e));
    t = t1(f, g, h, a, k + 28, w7); e = add(e, t); a = add(t, t2(b, c, d));
    t = t1(e, f, g, h, k + 32, w8); d = add(d, t); h = add(t, t2(a, b, c));
    t = t1(d, e, f, g, k + 36, w9); c = add(c, t); g = add(t, t2(h, a, b));
    t = t1(c, d, e, f, k + 40, w10); b = add(b, t); f = add(t, t2(g, h, a));
    t = t1(b, c, d, e, k + 44, w11); a = add(a, t); e = add(t, t2(f, g, h));
    t = t1(a, b, c, d, k + 48, w12); h = add(h, t); d = add(t, t2(e, f, g));
    t = t1(h, a, b, c, k + 52, w13); g = add(g, t); c = add(t, t2(d, e, f));
    t = t1(g, h, a, b, k + 56, w14); f = add(f, t); b = add(t, t2(c, d, e));
    t = t1(f, g, h, a, k + 60, w15); e = add(e, t); a = add(t, t2(b, c, d));
    k += 64;
    if (k == K + 256) break;
    w0 = expand(w0, w1, w9, w14);
    w1 = expand(w1, w2, w10, w15);
    w2 = expand(w2, w3, w11, w0);
    w3 = expand(w3, w4, w12, w1);
    w4 = expand(w4, w5, w13, w2);
    w5 = expand(w5, w6, w14, w3);
    w6 = expand(w6, w7, w15, w4);
    w7 = expand(w7, w8, w0, w5);
    w8 = expand(w8, w9, w1, w6);
    w9 = expand(w9, w10, w2, w7);
    w10 = expand(w10, w11, w3, w8);
    w11 = expand(w11, w12, w4, w9);
    w12 = expand(w12, w13, w5, w10);
    w13 = expand(w13, w14, w6, w11);
    w14 = expand(w14, w15, w7, w12);
    w15 = expand(w15, w0, w8, w13);
  }
  v128.store(STATE, add(a, v128.load(STATE, 0)), 0);
  v128.store(STATE, add(b, v128.load(STATE, 16)), 16);
  v128.store(STATE, add(c, v128.load(STATE, 32)), 32);
  v128.store(STATE, add(d, v128.load(STATE, 48)), 48);
  v128.store(STATE, add(e, v128.load(STATE, 64)), 64);
  v128.store(STATE, add(f, v128.load(STATE, 80)), 80);
  v128.store(STATE, add(g, v128.load(STATE, 96)), 96);
  v128.store(STATE, add(h, v128.load(STATE, 112)), 112);
}

/** Swaps the bytes of each 32-bit word: SHA-256 is big-endian, WebAssembly little-endian. */
// @ts-ignore: decorator
@inline
function swap(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Puts words 4 j … 4 j + 3 of four messages, given as 16 bytes each, into BLOCK. */
// @ts-ignore: decorator
@inline
export function setWords(j: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const low01 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
  const at = BLOCK + (j << 6);
  v128.store(at, swap(v128.shuffle<i64>(low01, low23, 0, 2)), 0);
  v128.store(at, swap(v128.shuffle<i64>(low01, low23, 1, 3)), 16);
  v128.store(at, swap(v128.shuffle<i64>(high01, high23, 0, 2)), 32);
  v128.store(at, swap(v128.shuffle<i64>(high01, high23, 1, 3)), 48);
}

/** Fills BLOCK from four 64-byte blocks at any addresses. */
export function setBlock(p0: usize, p1: usize, p2: usize, p3: usize): void {
  setWords(0, v128.load(p0, 0), v128.load(p1, 0), v128.load(p2, 0), v128.load(p3, 0));
  setWords(1, v128.load(p0, 16), v128.load(p1, 16), v128.load(p2, 16), v128.load(p3, 16));
  setWords(2, v128.load(p0, 32), v128.load(p1, 32), v128.load(p2, 32), v128.load(p3, 32));
  setWords(3, v128.load(p0, 48), v128.load(p1, 48), v128.load(p2, 48), v128.load(p3, 48));
}

/** Sets one word of all four blocks to the same value. */
// @ts-ignore: decorator
@inline
export function setWord(i: usize, value: v128): void {
  v128.store(BLOCK + (i << 4), value);
}

/** Writes the digests of lanes 0 to 3 to four addresses. */
export function storeDigests(p0: usize, p1: usize, p2: usize, p3: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const at = STATE + (half << 6);
    const s0 = swap(v128.load(at, 0));
    const s1 = swap(v128.load(at, 16));
    const s2 = swap(v128.load(at, 32));
    const s3 = swap(v128.load(at, 48));
    const low01 = v128.shuffle<i32>(s0, s1, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(s0, s1, 2, 6, 3, 7);
    const low23 = v128.shuffle<i32>(s2, s3, 0, 4, 1, 5);
    const high23 = v128.shuffle<i32>(s2, s3, 2, 6, 3, 7);
    const o = half << 4;
    v128.store(p0 + o, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(p1 + o, v128.shuffle<i64>(low01, low23, 1, 3));
    v128.store(p2 + o, v128.shuffle<i64>(high01, high23, 0, 2));
    v128.store(p3 + o, v128.shuffle<i64>(high01, high23, 1, 3));
  }
}

/** Writes the digest of one lane. */
export function storeDigest(lane: usize, to: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(to + (i << 2), bswap<u32>(load<u32>(STATE + (i << 4) + (lane << 2))));
  }
}
