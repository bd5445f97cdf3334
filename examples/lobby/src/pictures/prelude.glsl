#version 300 es
precision highp float;
uniform vec2 size;
out vec4 pixel;

float hash(vec2 p) { vec3 q = fract(vec3(p.xyx) * 0.1031); q += dot(q, q.yzx + 33.33); return fract((q.x + q.y) * q.z); }
float hash(float p) { return hash(vec2(p, p * 1.7 + 3.1)); }
float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
  return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}
float fbm(vec2 p, int octaves) {
  float sum = 0.0, gain = 0.5;
  for (int i = 0; i < octaves; i++) { sum += gain * noise(p); p = mat2(1.62, 1.18, -1.18, 1.62) * p + 7.3; gain *= 0.5; }
  return sum;
}
/* Mountain skyline: sharp crests, height about 0 to 1. */
float ridge(float x, int octaves) {
  float sum = 0.0, gain = 0.5, carry = 1.0;
  for (int i = 0; i < octaves; i++) {
    float n = 1.0 - abs(2.0 * noise(vec2(x, float(i) * 17.3)) - 1.0);
    sum += gain * n * carry; carry = mix(0.6, 1.0, n); x = x * 2.07 + 5.7; gain *= 0.48;
  }
  return sum;
}
float glow(float d, float k) { return exp(-d * k); }
vec3 scene(vec2 p);

void main() {
  vec3 sum = vec3(0);
  for (int i = 0; i < 4; i++) {
    vec2 off = vec2(i & 1, i >> 1) * 0.5 + 0.25;
    vec2 p = (floor(gl_FragCoord.xy) + off) / size.y;
    sum += clamp(scene(p), 0.0, 4.0);
  }
  vec3 c = sum / 4.0;
  vec2 q = gl_FragCoord.xy / size - 0.5;
  c *= 1.0 - 0.42 * dot(q, q);
  /* A little film grain hides the steps of 8-bit gradients. */
  float g = hash(gl_FragCoord.xy) + hash(gl_FragCoord.xy + 71.7) - 1.0;
  c += g * 0.012;
  pixel = vec4(clamp(c, 0.0, 1.0), 1);
}
