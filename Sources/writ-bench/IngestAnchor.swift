import Glibc

/// What a C programmer would write to read the tables of `Ingest` alone: its ten columns known at
/// compile time, numbers to integers, words by a small hash table, nothing checked that the file
/// keeps by itself (no UTF-8, no escapes, no doubles, no messages). And the walk below it: the same
/// bytes looked at eight at a time for line ends and high bits, which no reader can do without.
struct IngestAnchor {
  private let program: String

  /// nil where there is no C compiler.
  init?(in directory: String) {
    program = "\(directory)/ingest"
    guard write(Self.source, to: "\(directory)/ingest.c"),
      run("cc -O3 -march=native -o \(program) \(directory)/ingest.c 2>/dev/null") != nil,
      access(program, X_OK) == 0
    else { return nil }
  }

  struct Figures {
    /// Nanoseconds for the whole file, medians of the passes.
    var parse: Double
    var walk: Double
    var records: Int
  }

  /// Of several copies at once, each over memory of its own, the mean of what they say.
  func measure(_ path: String, isJSON: Bool, passes: Int, copies: Int = 1) -> Figures? {
    let copy = "\(program) \(path) \(isJSON ? 1 : 0) \(passes)"
    let others = String(repeating: "\(copy) & ", count: copies - 1)
    guard let output = run("\(others)\(copy)\(copies > 1 ? "; wait" : "")") else { return nil }
    let lines = output.split(separator: "\n").compactMap { Self.figures(String($0)) }
    guard lines.count == copies, let first = lines.first else { return nil }
    return Figures(
      parse: lines.reduce(0) { $0 + $1.parse } / Double(copies),
      walk: lines.reduce(0) { $0 + $1.walk } / Double(copies), records: first.records)
  }

  private static func figures(_ line: String) -> Figures? {
    let parts = line.split(whereSeparator: \.isWhitespace)
    guard parts.count == 3, let parse = Double(parts[0]), let walk = Double(parts[1]),
      let records = Int(parts[2])
    else { return nil }
    return Figures(parse: parse, walk: walk, records: records)
  }

  private static let source = """
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <time.h>

    enum { COLUMNS = 10, SLOTS = 1 << 21 };
    /* 0: a word, 1: a number, 2: a day */
    static const int kinds[COLUMNS] = { 0, 0, 0, 0, 0, 0, 1, 1, 1, 2 };
    static char *bytes; static size_t size;
    static int64_t *columns[COLUMNS];
    static struct slot { uint32_t start, length, number; } *slots; static uint32_t words;

    static uint32_t word(const char *p, uint32_t n) {
      uint64_t h = 1469598103934665603ull;
      for (uint32_t i = 0; i < n; i++) h = (h ^ (uint8_t)p[i]) * 1099511628211ull;
      uint32_t s = (h ^ h >> 29) & (SLOTS - 1);
      while (slots[s].number) {
        if (slots[s].length == n && !memcmp(bytes + slots[s].start, p, n)) return slots[s].number;
        s = (s + 1) & (SLOTS - 1);
      }
      slots[s].start = p - bytes; slots[s].length = n;
      return slots[s].number = ++words;
    }
    static const char *number(const char *p, int64_t *value) {
      int64_t v = 0; int places = -1, sign = *p == '-';
      for (p += sign; ; p++) {
        if (*p >= '0' && *p <= '9') { v = v * 10 + (*p - '0'); places += places >= 0; }
        else if (*p == '.') places = 0; else break;
      }
      while (places < 4) { v *= 10; places += places < 0 ? 2 : 1; }
      *value = sign ? -v : v;
      return p;
    }
    static const char *day(const char *p, int64_t *value) {
      int y = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + p[3] - '0';
      int m = (p[5] - '0') * 10 + p[6] - '0', d = (p[8] - '0') * 10 + p[9] - '0';
      y -= m <= 2;
      int era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
      *value = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
      return p + 10;
    }
    static size_t csv(void) {
      const char *p = memchr(bytes, '\\n', size) + 1, *end = bytes + size; size_t row = 0;
      for (; p < end; row++)
        for (int c = 0; c < COLUMNS; c++) {
          if (kinds[c] == 1) { p = number(p, &columns[c][row]); if (*p == '%') p++; }
          else if (kinds[c] == 2) p = day(p, &columns[c][row]);
          else {
            const char *from = p;
            while (*p != ',' && *p != '\\n') p++;
            columns[c][row] = word(from, p - from);
          }
          p++;
        }
      return row;
    }
    static size_t json(void) {
      static const int skips[COLUMNS] = { 6, 12, 10, 10, 11, 9, 10, 12, 12, 11 };
      const char *p = bytes, *end = bytes + size; size_t row = 0;
      for (; p < end; row++) {
        for (int c = 0; c < COLUMNS; c++) {
          p += skips[c];
          if (kinds[c] == 1) p = number(p, &columns[c][row]);
          else if (kinds[c] == 2) p = day(p + 1, &columns[c][row]) + 1;
          else {
            const char *from = ++p;
            while (*p != '"') p++;
            columns[c][row] = word(from, p++ - from);
          }
        }
        p += 2;
      }
      return row;
    }
    static uint64_t walk(void) {
      uint64_t lines = 0, high = 0;
      for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t w; memcpy(&w, bytes + i, 8);
        uint64_t x = w ^ 0x0A0A0A0A0A0A0A0Aull;
        high |= w;
        lines += __builtin_popcountll((x - 0x0101010101010101ull) & ~x & 0x8080808080808080ull);
      }
      return lines + (high >> 63);
    }
    static int ascending(const void *a, const void *b) {
      double x = *(const double *)a, y = *(const double *)b;
      return (x > y) - (x < y);
    }
    static double now(void) {
      struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
      return t.tv_sec * 1e9 + t.tv_nsec;
    }
    int main(int argc, char **argv) {
      FILE *f = fopen(argv[1], "rb");
      int isJSON = atoi(argv[2]), passes = atoi(argv[3]);
      if (!f) return 1;
      fseek(f, 0, SEEK_END); size = ftell(f); rewind(f);
      bytes = calloc(size + 64, 1);
      if (fread(bytes, 1, size, f) != size) return 1;
      slots = calloc(SLOTS, sizeof *slots);
      for (int c = 0; c < COLUMNS; c++) columns[c] = calloc(size / 40 + 8, 8);
      double times[2][99]; size_t records = 0; volatile uint64_t sink = 0;
      for (int pass = -1; pass < passes; pass++) {
        memset(slots, 0, SLOTS * sizeof *slots); words = 0;
        double start = now();
        records = isJSON ? json() : csv();
        double middle = now();
        sink += walk();
        double end = now();
        if (pass < 0) continue;
        times[0][pass] = middle - start; times[1][pass] = end - middle;
      }
      for (int k = 0; k < 2; k++) qsort(times[k], passes, sizeof(double), ascending);
      printf("%.0f %.0f %zu\\n", times[0][passes / 2], times[1][passes / 2], records);
      return 0;
    }
    """
}
