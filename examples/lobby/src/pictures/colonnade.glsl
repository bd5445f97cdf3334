/* A row of round arches that open on a lake. EVENING is defined by the generator: the same hall at two times of day. */
#ifdef EVENING
const vec3 NEAR = vec3(0.150, 0.120, 0.215), FAR = vec3(0.90, 0.50, 0.40), LIGHT = vec3(1.0, 0.56, 0.30), HIGH = vec3(0.16, 0.18, 0.38), LOW = vec3(1.0, 0.66, 0.44), WATERCOLOR = vec3(0.44, 0.30, 0.42);
const vec2 SUN = vec2(0.800, 0.395);
const float GLARE = 1.0;
#else
const vec3 NEAR = vec3(0.50, 0.365, 0.29), FAR = vec3(0.98, 0.90, 0.80), LIGHT = vec3(1.0, 0.90, 0.72), HIGH = vec3(0.36, 0.58, 0.74), LOW = vec3(0.93, 0.90, 0.83), WATERCOLOR = vec3(0.42, 0.62, 0.70);
const vec2 SUN = vec2(0.80, 0.56);
const float GLARE = 0.30;
#endif
const vec2 EYE = vec2(0.80, 0.36);
/* Signed distance to the opening of an arch of half width w: negative inside the opening. */
float opening(vec2 p, float w) {
  vec2 q = p - EYE;
  float spring = w * 0.52;
  return q.y > spring ? length(q - vec2(0, spring)) - w : max(abs(q.x) - w, -(q.y + w * 0.78));
}
vec3 view(vec2 p) {
  float h = p.y - EYE.y;
  vec3 c = mix(LOW, HIGH, smoothstep(-0.02, 0.34, h));
  float d = length(p - SUN);
  c += GLARE * LIGHT * (0.45 * glow(d, 9.0) + 0.3 * glow(d, 34.0));
  float cl = smoothstep(0.45, 0.8, fbm(vec2(p.x * 9.0, p.y * 34.0), 6));
  c = mix(c, mix(LOW, vec3(1.0), 0.4), cl * 0.45 * smoothstep(0.0, 0.1, h));
  for (int i = 0; i < 3; i++) {
    float t = float(i) / 2.0;
    float top = 0.052 * (1.0 - t * 0.62) * (0.25 + 1.3 * ridge(p.x * mix(5.0, 8.0, t) + t * 9.0 + 4.0, 7)) - 0.012;
    c = mix(c, mix(mix(LOW, HIGH, 0.42), WATERCOLOR * 0.62, t * 0.8), smoothstep(0.0, 0.0015, top - h) * 0.9);
  }
  if (h < 0.0) {
    float wave = noise(vec2(p.x * 34.0, 5.0 / (0.02 - h))) - 0.5;
    c = mix(WATERCOLOR, LOW, exp(h * 22.0) * 0.75 + wave * 0.16);
    c += LIGHT * exp(-abs(p.x - SUN.x) * 26.0) * (0.35 + wave) * 0.75;
  }
  return c;
}
vec3 scene(vec2 p) {
  vec3 c = view(p);
  float plaster = fbm(p * vec2(9.0, 13.0), 6) - 0.5, streak = fbm(vec2(p.x * 42.0, p.y * 5.0), 4) - 0.5;
  for (int i = 0; i < 8; i++) {
    float t = float(i) / 7.0;
    float w = 0.115 * pow(1.355, float(i));
    float inner = w * 0.925;
    float o = opening(p, inner), face = opening(p, w);
    vec2 q = p - EYE;
    float spring = w * 0.52;
    vec3 wall = mix(FAR, NEAR, pow(t, 0.85));
    /* The floor of this bay: polished stone that mirrors the light beyond. */
    float foot = -inner * 0.78;
    if (q.y < foot) {
      float z = -1.0 / q.y;
      vec2 tile = vec2(q.x * z * 1.6, log(-q.y) * 5.2);
      float joint = smoothstep(0.025, 0.0, abs(fract(tile.x) - 0.5) - 0.004) * 0.4 + smoothstep(0.05, 0.0, abs(fract(tile.y) - 0.5)) * 0.5;
      vec2 mirror = vec2(p.x + (noise(p * vec2(90.0, 30.0)) - 0.5) * 0.006, EYE.y - 0.78 * 0.115 - q.y * 0.18 - 0.03);
      vec3 stone = wall * (0.80 + 0.10 * plaster) * (1.0 - 0.16 * joint);
      float beam = exp(-pow(q.x / (-q.y * 0.62 + 0.01), 2.0) * 1.4);
      stone = mix(stone, mix(LOW, LIGHT, 0.5), beam * mix(0.62, 0.20, t));
      stone += LIGHT * 0.22 * beam * exp(-pow(fract(tile.y * 0.5 + 0.25) - 0.5, 2.0) * 40.0) * (1.0 - t * 0.7);
      c = mix(c, stone, smoothstep(0.0, 0.002, foot - q.y) * step(o, 1e5));
      c *= 1.0 - 0.30 * t * smoothstep(0.5, 1.0, abs(q.x) / inner);
      if (abs(q.x) < inner) continue;
    }
    if (o < -0.09 * w) continue;
    /* Light that the wall's edge throws, then the reveal (the arch's thickness), then the wall's face. */
    float thrown = smoothstep(-0.085 * w, 0.0, o);
    c *= 1.0 - 0.22 * thrown * thrown * (0.5 + 0.5 * t);
    float side = dot(normalize(vec2(q.x, max(q.y - spring, 0.0)) + 1e-4), vec2(0.86, 0.34));
    vec3 reveal = mix(wall, LIGHT, 0.34) * (0.98 + 0.26 * side);
    reveal *= 0.97 + 0.10 * plaster;
    c = mix(c, reveal, smoothstep(0.0, 0.0018, o));
    float tall = smoothstep(-0.4, 1.0, q.y / (w * 1.5));
    vec3 front = wall * (0.84 - 0.20 * tall) * (1.0 + 0.10 * plaster + 0.05 * streak);
    front *= 1.0 + 0.16 * exp(-max(face, 0.0) / (0.10 * w));
    float mould = abs(face - 0.10 * w);
    front *= 1.0 - 0.20 * smoothstep(0.010 * w, 0.0, mould) + 0.14 * smoothstep(0.010 * w, 0.0, abs(face - 0.115 * w));
    float line = abs(q.y - spring);
    front *= 1.0 - 0.14 * smoothstep(0.014 * w, 0.0, line) * step(0.10 * w, face);
    c = mix(c, front, smoothstep(0.0, 0.0018, face));
  }
  float ray = fbm(vec2(atan(p.x - EYE.x, p.y - EYE.y + 0.5) * 9.0, 2.0), 3);
  c += GLARE * LIGHT * glow(length(p - SUN), 3.2) * (0.10 + 0.12 * ray);
  return c;
}
