import Glibc

/// The median of some passes, in nanoseconds of processor time, and how far apart they lie. Processor
/// time, because a busy machine stops whoever runs longer more often.
struct Figure {
  var median: Double
  /// From the lower to the upper quartile, as a share of the median.
  var spread: Double

  /// Runs `body` so many times after one that does not count.
  init(passes: Int, each count: Int, of clock: Clock = .processor, _ body: () -> Void) {
    body()
    self.init(
      (0..<passes).map { _ -> Double in
        let start = clock.now
        body()
        return (clock.now - start) / Double(count)
      })
  }

  /// Of times that were taken elsewhere; there is at least one.
  init(_ taken: [Double]) {
    let times = taken.sorted()
    median = times[times.count / 2]
    spread = (times[times.count * 3 / 4] - times[times.count / 4]) / median
  }

  /// Of what was measured in several goes.
  init(_ figures: [Figure]) {
    let medians = figures.map(\.median).sorted()
    median = medians[medians.count / 2]
    spread = figures.map(\.spread).max() ?? 0
  }

  /// What is counted: this process's own time, or for other processes the time on the wall.
  enum Clock {
    case processor, wall

    /// In nanoseconds.
    var now: Double {
      var time = timespec()
      clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
  }
}

/// One line of results.
func report(
  _ name: String, _ figure: Figure, unit: String = "ns", anchor: Double? = nil,
  target: Double? = nil, also parts: [(name: String, value: String)] = []
) {
  var line = "{\"name\":\"\(name)\",\"\(unit)\":\(figure.median.shown)"
  line += ",\"spread\":\(figure.spread.shown)"
  if let anchor {
    line += ",\"anchor\":\(anchor.shown),\"ratio\":\((figure.median / anchor).shown)"
  }
  for part in parts { line += ",\"\(part.name)\":\(part.value)" }
  if let target { line += ",\"target\":\(target.shown)" }
  put(line + "}")
}

/// Prints a line at once, so that long runs show how far they are.
func put(_ line: String) {
  print(line)
  fflush(nil)
}

extension Double {
  /// Two decimals.
  var shown: String {
    let hundredths = Int((self * 100).rounded())
    let rest = abs(hundredths % 100)
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  return read(file)
}

func write(_ text: String, to path: String) -> Bool {
  write(Array(text.utf8), to: path)
}

/// The words that a C program prints about data, compiled and run in a folder that goes again; nil
/// where there is no C compiler or the program fails.
func words(ofC source: String, on data: String) -> [Substring]? {
  guard let made = run("mktemp -d /tmp/writ-bench-XXXXXX") else { return nil }
  let directory = String(made.prefix { $0 != "\n" })
  defer { _ = run("rm -r \(directory)") }
  guard write(source, to: "\(directory)/anchor.c"), write(data, to: "\(directory)/data.txt"),
    run("cc -O3 -march=native -o \(directory)/anchor \(directory)/anchor.c 2>/dev/null") != nil,
    let output = run("\(directory)/anchor \(directory)/data.txt")
  else { return nil }
  return output.split(whereSeparator: \.isWhitespace)
}

func write(_ bytes: [UInt8], to path: String) -> Bool {
  guard let file = fopen(path, "w") else { return false }
  defer { fclose(file) }
  return bytes.withUnsafeBufferPointer { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
}

/// What a command prints; nil if it fails.
func run(_ command: String) -> String? {
  guard let pipe = popen(command, "r") else { return nil }
  let output = read(pipe)
  return pclose(pipe) == 0 ? output : nil
}

private func read(_ file: UnsafeMutablePointer<FILE>) -> String {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
