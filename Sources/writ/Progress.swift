import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A line on the terminal that says how far a long run is, how fast it goes and how long it will yet
/// take. In a pipe, and where results go to the same screen, there is none.
final class Progress: @unchecked Sendable {
  private let console: Console
  private let isShown: Bool
  private let verb: Phrase
  /// 0 where nobody knows.
  private let total: Int
  private let start = now()
  private var shownAt = now()
  private var width = 0

  /// `total` is how much there is to do, in bytes to read or in records.
  init(_ console: Console, _ verb: Phrase, total: Int, resultsToScreen: Bool) {
    self.console = console
    self.verb = verb
    self.total = total
    isShown = console.messagesAreTerminal && !resultsToScreen
  }

  /// Shows how far it is, every tenth of a second from the half second on.
  func show(done: Int, records: Int) {
    guard isShown else { return }
    let time = now()
    guard time - start > 0.5, time - shownAt > 0.1 else { return }
    shownAt = time
    put(
      Self.line(
        console.say(verb), done: done, of: total, records: records, seconds: time - start,
        width: console.width, in: console.language))
  }

  /// Wipes the line away.
  func end() {
    guard width > 0 else { return }
    put("")
    try? console.messages.write("\r")
    try? console.messages.flush()
    width = 0
    Unfinished.showsLine(width: 0)
  }

  private func put(_ line: String) {
    let lineWidth = line.displayWidth
    let rest = String(repeating: " ", count: max(0, width - lineWidth))
    width = max(lineWidth, 1)
    // The two characters that the terminal shows for Ctrl-C come behind the line.
    Unfinished.showsLine(width: min(width + 2, console.width - 1))
    // Whoever cannot be shown a bar can still be given results.
    try? console.messages.write("\r" + line + rest)
    try? console.messages.flush()
  }

  /// `reading ━━━━━━────  58 %  1,234,567 records  2,400,000/s  0:03 left`, as much as fits: the
  /// time that is left goes last.
  static func line(
    _ verb: String, done: Int, of total: Int, records: Int, seconds: Double, width: Int,
    in language: Language
  ) -> String {
    let rate = seconds > 0 ? Int(Double(records) / seconds) : 0
    var parts = [
      Phrase("\(grouped(records)) records", zh: "\(grouped(records)) 条记录"),
      Phrase("\(grouped(rate))/s", zh: "每秒 \(grouped(rate)) 条"),
    ].map { $0.text(in: language) }
    var head = verb
    if total > 0 {
      let share = min(1, Double(done) / Double(total))
      let room = width < 80 ? 10 : 20
      let filled = Int(share * Double(room))
      let percent = Int(share * 100)
      head +=
        " " + String(repeating: "━", count: filled)
        + String(repeating: "─", count: room - filled)
        + " \(String(repeating: " ", count: percent < 10 ? 2 : percent < 100 ? 1 : 0))\(percent) %"
      if done > 0 {
        let left = Int((seconds / share - seconds).rounded(.up))
        let clock = "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60)"
        parts.append(Phrase("\(clock) left", zh: "剩余 \(clock)").text(in: language))
      }
    }
    while true {
      let line = ([head] + parts).joined(separator: "  ")
      if line.displayWidth < width { return line }
      guard !parts.isEmpty else { return String(line.truncated(toWidth: max(width - 1, 1))) }
      parts.removeFirst()
    }
  }
}

/// Seconds since some moment.
private func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
