import Glibc

/// What a C programmer would write for workload S alone: rows of bits over the same rules in their
/// order, fields known at compile time, merged two by two, requests in narrow columns. Compiled when
/// the bench runs, so that both figures are of one machine in one minute.
///
/// Up to some hundred rules that is the algorithm of the index. Of more, the index also puts rules
/// in groups by what they name and looks at few of them (note 0415); the anchor does not, so a ratio
/// below one there is what the groups gain, not what Swift gains on C.
struct Anchor {
  private let directory: String

  /// nil where there is no C compiler.
  init?(in directory: String) {
    self.directory = directory
    guard write(Self.source, to: "\(directory)/anchor.c"),
      run("cc -O3 -march=native -o \(directory)/anchor \(directory)/anchor.c -lm 2>/dev/null")
        != nil,
      access("\(directory)/anchor", X_OK) == 0
    else { return nil }
  }

  /// Nanoseconds a decision (the median of the passes) and the sum of the winning rules.
  func measure(_ workload: WorkloadS, passes: Int) -> (nanoseconds: Double, sum: Int)? {
    guard write(workload.ruleLines, to: "\(directory)/rules.txt"),
      write(workload.requestLines, to: "\(directory)/records.txt"),
      let output = run("\(directory)/anchor \(directory) \(passes)")
    else { return nil }
    let parts = output.split(whereSeparator: \.isWhitespace)
    guard parts.count == 2, let nanoseconds = Double(parts[0]), let sum = Int(parts[1]) else {
      return nil
    }
    return (nanoseconds, sum)
  }

  private static let source = """
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <time.h>

    /* One row of bits a value of a field, or a pair of fields; a decision is the AND of five rows,
       four words at a time (of the ways tried the fastest: word by word, four plain words, one
       vector of four, summary bits, rows cut into stretches, two rows before the other three). */
    typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));
    #define AT(rows, word) (*(const pair *)((rows) + (word)))
    enum { BLOCK = 256 };
    static int ruleCount, requestCount, words;
    static struct rule { uint32_t regions; int family, channel; uint32_t grades;
                         int low, high, most, least, outcome; } *rules;
    static uint8_t *region, *family, *channel, *grade;
    static int32_t *cents; static int16_t *tenths, *quantity; static int32_t *winner;
    static uint64_t *placeRows, *kindRows, *centRows, *tenthRows, *quantityRows;
    static int32_t *points; static int pointCount; static uint16_t *starts; static uint32_t base, span;
    static uint16_t tenthCell[4096], quantityCell[4096];

    static uint64_t *table(int rows) { return calloc((size_t)rows * words, 8); }
    static void set(uint64_t *rows, int row, int rule) {
      rows[(size_t)row * words + rule / 64] |= 1ull << (rule % 64);
    }
    static int ascending(const void *a, const void *b) {
      int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
      return (x > y) - (x < y);
    }
    static int distinct(int32_t *v, int n) {
      int kept = 0;
      qsort(v, n, sizeof *v, ascending);
      for (int i = 0; i < n; i++) if (!kept || v[kept - 1] != v[i]) v[kept++] = v[i];
      return kept;
    }
    static int below(const int32_t *v, int n, int32_t x) {
      int k = 0;
      while (k < n && v[k] <= x) k++;
      return k;
    }
    static inline uint32_t bucket(int32_t x) {
      float f = (float)x;
      uint32_t b;
      memcpy(&b, &f, 4);
      return b >> 17;
    }

    static void build(void) {
      int32_t *t = malloc(4 * ruleCount + 4), *q = malloc(4 * ruleCount + 4);
      words = (ruleCount + 63) / 64;
      words = (words + 3) & ~3;
      points = malloc(8 * ruleCount + 8);
      for (int i = 0; i < ruleCount; i++) {
        points[2 * i] = rules[i].low; points[2 * i + 1] = rules[i].high;
        t[i] = rules[i].most + 1; q[i] = rules[i].least;
      }
      pointCount = distinct(points, 2 * ruleCount);
      int tc = distinct(t, ruleCount), qc = distinct(q, ruleCount);
      placeRows = table(128); kindRows = table(80);
      centRows = table(pointCount + 1); tenthRows = table(tc + 1); quantityRows = table(qc + 1);
      for (int v = 0; v < 4096; v++) { tenthCell[v] = below(t, tc, v); quantityCell[v] = below(q, qc, v); }
      for (int i = 0; i < ruleCount; i++) {
        struct rule *r = rules + i;
        for (int v = 0; v < 128; v++)
          if ((r->regions >> (v / 4) & 1) && (r->channel < 0 || r->channel == v % 4)) set(placeRows, v, i);
        for (int v = 0; v < 80; v++)
          if ((r->family < 0 || r->family == v / 4) && (r->grades >> (v % 4) & 1)) set(kindRows, v, i);
        for (int v = below(points, pointCount, r->low); v < below(points, pointCount, r->high); v++) set(centRows, v, i);
        for (int v = 0; v < below(t, tc, r->most + 1); v++) set(tenthRows, v, i);
        for (int v = below(q, qc, r->least); v <= qc; v++) set(quantityRows, v, i);
      }
      base = bucket(points[0] > 0 ? points[0] : points[pointCount > 1]);
      span = bucket(points[pointCount - 1]) - base + 1;
      starts = calloc(span + 1, 2);
      for (uint32_t s = 0; s < span; s++) {
        int k = 0;
        while (k < pointCount && (points[k] <= 0 || bucket(points[k]) < base + s)) k++;
        starts[s] = k;
      }
    }

    static void decide(void) {
      uint32_t p[BLOCK], k[BLOCK], c[BLOCK], t[BLOCK], q[BLOCK];
      for (int from = 0; from < requestCount; from += BLOCK) {
        int n = requestCount - from < BLOCK ? requestCount - from : BLOCK;
        for (int i = 0; i < n; i++) p[i] = (region[from + i] * 4 + channel[from + i]) * words;
        for (int i = 0; i < n; i++) k[i] = (family[from + i] * 4 + grade[from + i]) * words;
        for (int i = 0; i < n; i++) {
          int32_t x = cents[from + i];
          uint32_t b = bucket(x);
          uint32_t s = b < base ? 0 : b - base >= span ? span - 1 : b - base;
          int cell = starts[s];
          while (cell < pointCount && points[cell] <= x) cell++;
          c[i] = cell * words;
        }
        for (int i = 0; i < n; i++) t[i] = tenthCell[tenths[from + i]] * words;
        for (int i = 0; i < n; i++) q[i] = quantityCell[quantity[from + i]] * words;
        for (int i = 0; i < n; i++) {
          const uint64_t *P = placeRows + p[i], *K = kindRows + k[i], *C = centRows + c[i],
            *T = tenthRows + t[i], *Q = quantityRows + q[i];
          int found = ruleCount;
          for (int w = 0; w < words; w += 4) {
            pair x = AT(P, w) & AT(K, w) & AT(C, w) & AT(T, w) & AT(Q, w);
            pair y = AT(P, w + 2) & AT(K, w + 2) & AT(C, w + 2) & AT(T, w + 2) & AT(Q, w + 2);
            pair any = x | y;
            if (any[0] | any[1]) {
              uint64_t bits = y[1];
              int word = w + 3;
              if (y[0]) { bits = y[0]; word = w + 2; }
              if (x[1]) { bits = x[1]; word = w + 1; }
              if (x[0]) { bits = x[0]; word = w; }
              found = word * 64 + __builtin_ctzll(bits);
              break;
            }
          }
          winner[from + i] = found;
        }
      }
    }

    static int ascendingDouble(const void *a, const void *b) {
      double x = *(const double *)a, y = *(const double *)b;
      return (x > y) - (x < y);
    }

    int main(int argc, char **argv) {
      char path[4096];
      int passes = argc > 2 ? atoi(argv[2]) : 5;
      snprintf(path, sizeof path, "%s/rules.txt", argv[1]);
      FILE *f = fopen(path, "r");
      if (!f || fscanf(f, "%d", &ruleCount) != 1) return 1;
      rules = calloc(ruleCount + 1, sizeof *rules);
      for (int i = 0; i < ruleCount; i++) {
        struct rule *r = rules + i;
        if (fscanf(f, "%x %d %d %u %d %d %d %d %d", &r->regions, &r->family, &r->channel, &r->grades,
                   &r->low, &r->high, &r->most, &r->least, &r->outcome) != 9) return 1;
      }
      fclose(f);
      snprintf(path, sizeof path, "%s/records.txt", argv[1]);
      f = fopen(path, "r");
      if (!f || fscanf(f, "%d", &requestCount) != 1) return 1;
      region = malloc(requestCount); family = malloc(requestCount);
      channel = malloc(requestCount); grade = malloc(requestCount);
      cents = malloc(4 * (size_t)requestCount); winner = malloc(4 * (size_t)requestCount);
      tenths = malloc(2 * (size_t)requestCount); quantity = malloc(2 * (size_t)requestCount);
      for (int i = 0; i < requestCount; i++) {
        int a, b, c, d, e, g, h;
        if (fscanf(f, "%d %d %d %d %d %d %d", &a, &b, &c, &d, &e, &g, &h) != 7) return 1;
        region[i] = a; family[i] = b; channel[i] = c; grade[i] = d; cents[i] = e; tenths[i] = g; quantity[i] = h;
      }
      fclose(f);
      build();
      double *times = malloc(sizeof(double) * (passes + 1));
      decide();
      for (int pass = 0; pass < passes; pass++) {
        struct timespec start, end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        decide();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        times[pass] = ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / requestCount;
      }
      qsort(times, passes, sizeof *times, ascendingDouble);
      long long sum = 0;
      for (int i = 0; i < requestCount; i++) sum += winner[i];
      printf("%.2f %lld\\n", times[passes / 2], sum);
      return 0;
    }
    """
}
