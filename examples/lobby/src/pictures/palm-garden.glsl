/* A pinnate frond along a curved rachis. Returns coverage and writes the leaflet's shading. */
float frond(vec2 p, vec2 root, float angle, float len, float bend, float soft, float seed, out vec2 light) {
  vec2 q = p - root;
  q = mat2(cos(angle), -sin(angle), sin(angle), cos(angle)) * q;
  q /= len;
  q.y += bend * q.x * q.x;
  float s = q.x, d = q.y, side = d < 0.0 ? -1.0 : 1.0;
  float ad = abs(d);
  light = vec2(0.5);
  if (s < -0.05 || s > 1.35) return 0.0;
  float n = 21.0;
  float lean = 0.62 + 0.85 * ad;
  float along = (s - ad * lean) * n + (side > 0.0 ? 0.37 : 0.0);
  float cover = 0.0;
  for (int k = 0; k <= 1; k++) {
    float id = floor(along) - float(k) + 0.0;
    float r = hash(vec2(id, side * 3.0 + seed));
    float c = id + 0.5 + (r - 0.5) * 0.35;
    float base = c / n;
    if (base < 0.04 || base > 1.0) continue;
    float reach = 0.36 * pow(sin(3.14159 * clamp(base * 0.82 + 0.17, 0.0, 1.0)), 0.75) * (0.9 + 0.2 * r);
    float v = ad / reach;
    if (v > 1.0) continue;
    float width = 0.56 * pow(v + 0.02, 0.34) * pow(1.0 - v, 0.62) * 1.25;
    float off = along - c - 0.35 * v * v * (r - 0.5);
    float a = smoothstep(0.0, soft / len * n * 0.8 + 0.02, width - abs(off));
    if (a > cover) {
      cover = a;
      light = vec2(0.5 + 0.5 * off / max(width, 0.01), v);
    }
  }
  float stem = smoothstep(0.0, soft / len + 0.0015, 0.0075 * (1.15 - s) - ad) * step(-0.05, s) * step(s, 1.0);
  if (stem > cover) { cover = stem; light = vec2(0.9, 0.1); }
  return cover;
}
vec3 scene(vec2 p) {
  vec2 sun = vec2(0.60, 1.02);
  float d = length(p - sun);
  vec3 c = mix(vec3(0.020, 0.085, 0.078), vec3(0.20, 0.42, 0.33), glow(d, 1.25));
  c += vec3(0.85, 0.80, 0.42) * 0.42 * glow(d, 2.6);
  for (int i = 0; i < 26; i++) {
    float fi = float(i) + 3.0;
    vec2 o = vec2(hash(fi) * 1.78, 0.15 + hash(fi + 40.0) * 0.9);
    float r = 0.03 + 0.07 * hash(fi + 80.0);
    float l = length(p - o);
    c += mix(vec3(0.50, 0.68, 0.34), vec3(0.95, 0.86, 0.5), hash(fi + 9.0)) * smoothstep(r, r * 0.86, l) * (0.5 + 0.5 * l / r) * 0.10 * glow(length(o - sun), 1.6);
  }
  for (int i = 0; i < 26; i++) {
    float fi = float(i), t = fi / 25.0;
    float r1 = hash(fi * 3.7 + 1.0), r2 = hash(fi * 5.3 + 2.0), r3 = hash(fi * 7.9 + 3.0);
    float around = fi * 2.39996;
    vec2 root; float angle;
    if (i % 3 == 0) { root = vec2(-0.10 + 0.42 * r1 * (1.0 - 0.5 * t), -0.16 + 0.25 * r2); angle = mix(0.25, 1.6, r3); }
    else if (i % 3 == 1) { root = vec2(1.86 - 0.42 * r1 * (1.0 - 0.5 * t), -0.14 + 0.3 * r2); angle = mix(1.5, 2.95, r3); }
    else { root = vec2(r1 * 1.78, -0.26 - 0.1 * r2); angle = mix(0.8, 2.35, r3); }
    if (i % 9 == 4) { root = vec2(1.9, 0.75 + 0.4 * r2); angle = 2.9 + 0.6 * r1; }
    if (i % 9 == 7) { root = vec2(-0.12, 0.72 + 0.4 * r2); angle = -0.35 + 0.5 * r1; }
    float len = mix(0.62, 1.12, r2) * mix(0.85, 1.05, t);
    float bend = (cos(angle) > 0.0 ? 1.0 : -1.0) * mix(0.18, 0.5, r1);
    float soft = mix(0.016, 0.0012, smoothstep(0.0, 0.55, t)) + 0.010 * smoothstep(0.9, 1.0, t);
    vec2 light, none;
    float shadow = frond(p + vec2(-0.012, 0.026), root, angle, len, bend, 0.022, fi * 11.0, none);
    c *= 1.0 - 0.42 * shadow * smoothstep(0.1, 0.5, t);
    float a = frond(p, root, angle, len, bend, soft, fi * 11.0, light);
    vec3 dark = mix(vec3(0.055, 0.20, 0.16), vec3(0.008, 0.075, 0.060), t);
    vec3 lit = mix(vec3(0.30, 0.50, 0.32), vec3(0.16, 0.44, 0.22), t);
    vec3 leaf = mix(dark, lit, smoothstep(0.15, 0.95, light.x) * (0.30 + 0.70 * glow(d, 1.1)));
    leaf += vec3(0.80, 0.80, 0.34) * pow(light.y, 1.6) * glow(d, 2.0) * 0.42;
    leaf *= 0.90 + 0.16 * sin(light.x * 40.0) * smoothstep(0.3, 0.8, t) + 0.10 * r3;
    leaf = mix(leaf, vec3(0.20, 0.40, 0.31), (1.0 - t) * 0.42 * glow(d, 0.8));
    leaf *= mix(1.0, 0.42, smoothstep(0.88, 1.0, t));
    c = mix(c, leaf, a);
  }
  float angle = atan(p.x - sun.x, sun.y + 0.3 - p.y);
  c += vec3(0.95, 0.88, 0.50) * smoothstep(0.45, 0.9, fbm(vec2(angle * 6.0, 4.0), 3) + 0.1) * glow(d, 1.9) * 0.20;
  return c * 1.06;
}
