import WritWorkbench

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A terminal in raw mode: keys come as they are pressed, and nothing is echoed.
///
/// `~Copyable`, because the terminal has one state to be put back: `restore` runs when it goes, and
/// around whatever wants the terminal as people know it.
struct Terminal: ~Copyable {
  private let input: Int32
  private let before: termios
  private var decoder = KeyDecoder()
  private var keys: [Key] = []
  /// The row of the cursor in what was painted last.
  private var paintedCursorRow = 0

  /// nil where standard input or output is no terminal, or one that cannot move its cursor.
  init?() {
    guard isatty(0) == 1, isatty(1) == 1 else { return nil }
    if let kind = getenv("TERM"), String(cString: kind) == "dumb" { return nil }
    var state = termios()
    guard tcgetattr(0, &state) == 0 else { return nil }
    input = 0
    before = state
    enterRaw()
  }

  deinit {
    var state = before
    Self.send("\u{1B}[?2004l")
    tcsetattr(input, TCSADRAIN, &state)
  }

  private func enterRaw() {
    var raw = before
    raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON)
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
    // A read gives what there is.
    withUnsafeMutableBytes(of: &raw.c_cc) { bytes in
      bytes[Int(VMIN)] = 1
      bytes[Int(VTIME)] = 0
    }
    tcsetattr(input, TCSADRAIN, &raw)
    Self.send("\u{1B}[?2004h")
  }

  /// As people know it, for as long as the body runs.
  mutating func released<Result>(_ body: () -> Result) -> Result {
    var state = before
    Self.send("\u{1B}[?2004l")
    tcsetattr(input, TCSADRAIN, &state)
    defer { enterRaw() }
    return body()
  }

  /// What may come next.
  enum Event {
    case key(Key)
    /// The window has another size.
    case resized
    case closed
  }

  /// Waits for a key, a new size or the end of input.
  mutating func next() -> Event {
    while true {
      if !keys.isEmpty { return .key(keys.removeFirst()) }
      // A lone Escape is one when nothing follows it for a moment.
      var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let ready = poll(&entry, 1, decoder.isWaiting ? 50 : -1)
      if ready == 0 {
        keys = decoder.flush()
        continue
      }
      if ready < 0 {
        if errno == EINTR, Resizes.take() { return .resized }
        if errno == EINTR { continue }
        return .closed
      }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(input, &bytes, bytes.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return .closed }
      keys = decoder.decode(bytes[..<count])
    }
  }

  /// Paints an entry over the one that was painted last.
  mutating func paint(_ screen: EditorScreen) {
    var text = Self.back(over: paintedCursorRow)
    text += screen.rows.joined(separator: "\r\n")
    let below = screen.rows.count - 1 - screen.cursorRow
    if below > 0 { text += "\u{1B}[\(below)A" }
    text += "\r"
    if screen.cursorColumn > 0 { text += "\u{1B}[\(screen.cursorColumn)C" }
    paintedCursorRow = screen.cursorRow
    Self.send(text)
  }

  /// Leaves what was painted where it is and begins a new line below it.
  mutating func leave(_ screen: EditorScreen) {
    let below = screen.rows.count - 1 - paintedCursorRow
    Self.send((below > 0 ? "\u{1B}[\(below)B" : "") + "\r\n")
    paintedCursorRow = 0
  }

  mutating func clear() {
    Self.send("\u{1B}[H\u{1B}[2J")
    paintedCursorRow = 0
  }

  /// Writes text below; line ends as terminals in raw mode want them.
  func write(_ text: String) { Self.send(text.replacing("\n", with: "\r\n")) }

  private static func back(over rows: Int) -> String {
    (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J"
  }

  private static func send(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { writeToTerminal($0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

private func writeToTerminal(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  guard let bytes else { return 0 }
  return write(1, bytes, count)
}
