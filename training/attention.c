/* Causal attention over packed sequences, forward and backward, for one thread.
 *
 * Several sequences lie behind one another in one row of tokens; offsets[s] .. offsets[s + 1] are
 * the tokens of sequence s. Scores exist for eight queries at a time and never as a whole
 * matrix: forward keeps the logarithm of each row's sum, backward computes the scores again from it
 * (Dao et al. 2022, "FlashAttention"). Rotary positions and the value taps are part of the kernel,
 * so that it reads the product qkv [tokens, 3 * width] and writes y [tokens, width] as they lie.
 *
 * HEAD, the width of a head (a multiple of 16), is given by the compiler's command line.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES 16
#define ROWS 8             /* queries of one block; divides TILE, so that a block has one diagonal tile */
#define TILE 32            /* keys of one tile */
#define PARTS (HEAD / LANES)
#define LN2 0.6931471805599453f
#define LOG2E 1.4426950408889634f

typedef float vec __attribute__((vector_size(64)));
typedef int ivec __attribute__((vector_size(64)));

typedef struct {
  long heads, rotary, taps;
  const float *tap;                /* [taps, width] */
  const float *cosine, *sine;      /* [context, rotary / 2] */
  const float *qkv;                /* [tokens, 3 * width] */
} Layer;

static inline vec larger(vec a, vec b) {
  ivec mask = a > b;
  return (vec)((mask & (ivec)a) | (~mask & (ivec)b));
}

/* 2^x for x below about 0.5, relative error under 3e-7. */
static inline vec exp2_vec(vec x) {
  x = larger(x, (vec){} - 125.0f);
  ivec whole = __builtin_convertvector(x - 0.5f, ivec);
  vec f = x - __builtin_convertvector(whole, vec);
  vec p = 1.5403530e-4f * f + 1.3333558e-3f;
  p = p * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 2.4022651e-1f;
  p = p * f + 6.9314718e-1f;
  p = p * f + 1.0f;
  return p * (vec)((whole + 127) << 23);
}

static inline float sum_lanes(vec x) {
  float total = 0;
  for (int i = 0; i < LANES; i++) total += x[i];
  return total;
}

/* Turns the first `rotary` numbers of a head; direction -1 turns back. */
static void rotate(const Layer *l, const float *from, long position, float direction, float factor, float *to) {
  long half = l->rotary / 2;
  const float *c = l->cosine + position * half, *s = l->sine + position * half;
  for (long i = 0; i < half; i++) {
    float a = from[i] * factor, b = from[i + half] * factor, turn = s[i] * direction;
    to[i] = a * c[i] - b * turn;
    to[i + half] = b * c[i] + a * turn;
  }
  for (long i = l->rotary; i < HEAD; i++) to[i] = from[i] * factor;
}

/* rows [length, HEAD] to tiles [length / TILE][HEAD][TILE], for dot products along lanes of keys. */
static void transpose(const float *rows, long length, float *tiles) {
  for (long j = 0; j < length; j += TILE)
    for (long d = 0; d < HEAD; d++)
      for (long i = 0; i < TILE; i++) tiles[j * HEAD + d * TILE + i] = rows[(j + i) * HEAD + d];
}

/* scores[tile][ROWS][TILE] = a [ROWS, HEAD] times tiles of keys. */
static void dots(const float *a, const float *tiles, long tileCount, float *scores) {
  for (long t = 0; t < tileCount; t++) {
    const vec *b = (const vec *)(tiles + t * HEAD * TILE);
    vec left[ROWS], right[ROWS];
    for (int r = 0; r < ROWS; r++) left[r] = right[r] = (vec){};
    for (int d = 0; d < HEAD; d++) {
      vec b0 = b[2 * d], b1 = b[2 * d + 1];
#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++) {
        left[r] += a[r * HEAD + d] * b0;
        right[r] += a[r * HEAD + d] * b1;
      }
    }
    vec *out = (vec *)(scores + t * ROWS * TILE);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) { out[2 * r] = left[r]; out[2 * r + 1] = right[r]; }
  }
}

/* out [ROWS, HEAD] = scores times rows [keys, HEAD]. */
static void mix(const float *scores, const float *rows, long tileCount, float *out) {
  vec sum[ROWS][PARTS];
  memset(sum, 0, sizeof sum);
  for (long t = 0; t < tileCount; t++)
    for (int i = 0; i < TILE; i++) {
      const float *p = scores + t * ROWS * TILE + i;
      const vec *v = (const vec *)(rows + (t * TILE + i) * HEAD);
#pragma GCC unroll 8
      for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int n = 0; n < PARTS; n++) sum[r][n] += p[r * TILE] * v[n];
    }
  memcpy(out, sum, sizeof sum);
}

/* out [keys, HEAD] += scores transposed times a [ROWS, HEAD]. */
static void spread(const float *scores, const float *a, long tileCount, float *out) {
  vec row[ROWS][PARTS];
  memcpy(row, a, sizeof row);
  for (long t = 0; t < tileCount; t++)
    for (int i = 0; i < TILE; i++) {
      const float *p = scores + t * ROWS * TILE + i;
      vec *to = (vec *)(out + (t * TILE + i) * HEAD);
#pragma GCC unroll 4
      for (int n = 0; n < PARTS; n++) {
        vec even = to[n], odd = (vec){};
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r += 2) {
          even += p[r * TILE] * row[r][n];
          odd += p[(r + 1) * TILE] * row[r + 1][n];
        }
        to[n] = even + odd;
      }
    }
}

/* No query sees a later key; only a block's last tile holds such pairs. */
static void mask_diagonal(float *scores, long first, long tileCount) {
  float *tile = scores + (tileCount - 1) * ROWS * TILE;
  long shift = first - (tileCount - 1) * TILE;
  for (int r = 0; r < ROWS; r++)
    for (int i = 0; i < TILE; i++)
      if (i > shift + r) tile[r * TILE + i] = -1e30f;
}

/* Scores to exp2(score - maximum), in place; returns each row's sum and log2 of the whole sum. */
static void soften(float *scores, long tileCount, float *sums, float *logs) {
  for (int r = 0; r < ROWS; r++) {
    vec top = (vec){} - 1e30f, sum = (vec){};
    for (long t = 0; t < tileCount; t++) {
      vec *s = (vec *)(scores + (t * ROWS + r) * TILE);
      top = larger(top, larger(s[0], s[1]));
    }
    float maximum = top[0];
    for (int i = 1; i < LANES; i++) maximum = top[i] > maximum ? top[i] : maximum;
    for (long t = 0; t < tileCount; t++) {
      vec *s = (vec *)(scores + (t * ROWS + r) * TILE);
      s[0] = exp2_vec(s[0] - maximum);
      s[1] = exp2_vec(s[1] - maximum);
      sum += s[0] + s[1];
    }
    sums[r] = sum_lanes(sum);
    logs[r] = maximum + log2f(sums[r]);
  }
}

/* From scores and d(probabilities) to probabilities and d(scores), both in place. */
static void soften_backward(float *scores, float *slopes, long tileCount, const float *logs) {
  for (int r = 0; r < ROWS; r++) {
    vec sum = (vec){};
    for (long t = 0; t < tileCount; t++) {
      vec *s = (vec *)(scores + (t * ROWS + r) * TILE), *d = (vec *)(slopes + (t * ROWS + r) * TILE);
      s[0] = exp2_vec(s[0] - logs[r]);
      s[1] = exp2_vec(s[1] - logs[r]);
      sum += s[0] * d[0] + s[1] * d[1];
    }
    float mean = sum_lanes(sum);
    for (long t = 0; t < tileCount; t++) {
      vec *s = (vec *)(scores + (t * ROWS + r) * TILE), *d = (vec *)(slopes + (t * ROWS + r) * TILE);
      d[0] = s[0] * (d[0] - mean);
      d[1] = s[1] * (d[1] - mean);
    }
  }
}

static long rounded(long length) { return (length + TILE - 1) / TILE * TILE; }

static long longest(const int *offsets, long sequences) {
  long most = 0;
  for (long s = 0; s < sequences; s++)
    if (offsets[s + 1] - offsets[s] > most) most = offsets[s + 1] - offsets[s];
  return rounded(most);
}

/* One head of one sequence as contiguous rows, queries scaled so that exp2 gives the softmax. */
static void load(const Layer *l, long start, long length, long head, float *q, float *k, float *v) {
  long width = l->heads * HEAD, padding = (rounded(length) - length) * HEAD;
  float scale = LOG2E / sqrtf(HEAD);
  for (long t = 0; t < length; t++) {
    const float *row = l->qkv + (start + t) * 3 * width + head * HEAD;
    rotate(l, row, t, 1, scale, q + t * HEAD);
    rotate(l, row + width, t, 1, 1, k + t * HEAD);
    memcpy(v + t * HEAD, row + 2 * width, HEAD * sizeof(float));
  }
  memset(q + length * HEAD, 0, padding * sizeof(float));
  memset(k + length * HEAD, 0, padding * sizeof(float));
  memset(v + length * HEAD, 0, padding * sizeof(float));
}

/* y [tokens, width] and logs [heads, tokens] from qkv. */
void attention_forward(const float *qkv, const float *tap, const float *cosine, const float *sine, const int *offsets,
                       long sequences, long heads, long rotary, long taps, float *y, float *logs) {
  Layer l = {heads, rotary, taps, tap, cosine, sine, qkv};
  long most = longest(offsets, sequences), tokens = offsets[sequences], width = heads * HEAD;
  float *scratch = aligned_alloc(64, most * (4 * HEAD + ROWS) * sizeof(float));
  float *q = scratch, *k = q + most * HEAD, *v = k + most * HEAD, *keys = v + most * HEAD, *scores = keys + most * HEAD;
  for (long s = 0; s < sequences; s++)
    for (long h = 0; h < heads; h++) {
      long start = offsets[s], length = offsets[s + 1] - start;
      load(&l, start, length, h, q, k, v);
      transpose(k, rounded(length), keys);
      for (long first = 0; first < length; first += ROWS) {
        float sums[ROWS], blockLogs[ROWS], out[ROWS * HEAD] __attribute__((aligned(64)));
        long tiles = first / TILE + 1;
        dots(q + first * HEAD, keys, tiles, scores);
        mask_diagonal(scores, first, tiles);
        soften(scores, tiles, sums, blockLogs);
        mix(scores, v, tiles, out);
        for (long r = 0; r < ROWS && first + r < length; r++) {
          long t = first + r;
          float *to = y + (start + t) * width + h * HEAD, share = 1 / sums[r];
          for (long i = 0; i < HEAD; i++) to[i] = out[r * HEAD + i] * share;
          for (long j = 1; j <= taps && j <= t; j++)
            for (long i = 0; i < HEAD; i++) to[i] += tap[(j - 1) * width + h * HEAD + i] * v[(t - j) * HEAD + i];
          logs[h * tokens + start + t] = blockLogs[r];
        }
      }
    }
  free(scratch);
}

/* dqkv [tokens, 3 * width] is written, dtap [taps, width] is added to. */
void attention_backward(const float *qkv, const float *tap, const float *cosine, const float *sine, const int *offsets,
                        long sequences, long heads, long rotary, long taps, const float *logs, const float *dy,
                        float *dqkv, float *dtap) {
  Layer l = {heads, rotary, taps, tap, cosine, sine, qkv};
  long most = longest(offsets, sequences), tokens = offsets[sequences], width = heads * HEAD;
  float *scratch = aligned_alloc(64, most * (8 * HEAD + 2 * ROWS) * sizeof(float));
  float *q = scratch, *k = q + most * HEAD, *v = k + most * HEAD, *keys = v + most * HEAD, *values = keys + most * HEAD;
  float *dout = values + most * HEAD, *dk = dout + most * HEAD, *dv = dk + most * HEAD;
  float *scores = dv + most * HEAD, *slopes = scores + most * ROWS;
  for (long s = 0; s < sequences; s++)
    for (long h = 0; h < heads; h++) {
      long start = offsets[s], length = offsets[s + 1] - start, padded = rounded(length);
      load(&l, start, length, h, q, k, v);
      transpose(k, padded, keys);
      transpose(v, padded, values);
      for (long t = 0; t < length; t++)
        memcpy(dout + t * HEAD, dy + (start + t) * width + h * HEAD, HEAD * sizeof(float));
      memset(dout + length * HEAD, 0, (padded - length) * HEAD * sizeof(float));
      memset(dk, 0, padded * HEAD * sizeof(float));
      memset(dv, 0, padded * HEAD * sizeof(float));
      for (long first = 0; first < length; first += ROWS) {
        float blockLogs[ROWS], dq[ROWS * HEAD] __attribute__((aligned(64)));
        long tiles = first / TILE + 1;
        for (long r = 0; r < ROWS; r++) blockLogs[r] = first + r < length ? logs[h * tokens + start + first + r] : 0;
        dots(q + first * HEAD, keys, tiles, scores);
        mask_diagonal(scores, first, tiles);
        dots(dout + first * HEAD, values, tiles, slopes);
        soften_backward(scores, slopes, tiles, blockLogs);
        mix(slopes, k, tiles, dq);
        spread(slopes, q + first * HEAD, tiles, dk);
        spread(scores, dout + first * HEAD, tiles, dv);
        for (long r = 0; r < ROWS && first + r < length; r++)
          rotate(&l, dq + r * HEAD, first + r, -1, 1 / sqrtf(HEAD), dqkv + (start + first + r) * 3 * width + h * HEAD);
      }
      for (long t = 0; t < length; t++) {
        for (long j = 1; j <= taps && j <= t; j++)
          for (long i = 0; i < HEAD; i++) {
            dv[(t - j) * HEAD + i] += tap[(j - 1) * width + h * HEAD + i] * dout[t * HEAD + i];
            dtap[(j - 1) * width + h * HEAD + i] += v[(t - j) * HEAD + i] * dout[t * HEAD + i];
          }
      }
      for (long t = 0; t < length; t++) {
        float *row = dqkv + (start + t) * 3 * width + h * HEAD;
        rotate(&l, dk + t * HEAD, t, -1, LN2, row + width);
        memcpy(row + 2 * width, dv + t * HEAD, HEAD * sizeof(float));
      }
    }
  free(scratch);
}
