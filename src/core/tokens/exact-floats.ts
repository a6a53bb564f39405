/** Numbers in the least memory that holds each of them exactly: engines that compute in 32 bits write such numbers. */
export function exactFloats(numbers: readonly number[]): Float32Array | Float64Array {
  const short = Float32Array.from(numbers);
  return numbers.every((number, at) => Object.is(short[at], number)) ? short : Float64Array.from(numbers);
}
