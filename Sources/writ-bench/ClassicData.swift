/// The recorded data of one run of a classic: `manners16`, `waltz50`, `waltzdb200`.
struct ClassicData {
  /// The programs, by the names of their folders.
  enum Program: String, CaseIterable {
    case manners, waltz, waltzdb

    /// Sizes that are measured, the small ones first.
    var sizes: [Int] {
      switch self {
      case .manners: [8, 16, 32, 64, 128]
      case .waltz: [12, 25, 37, 50]
      case .waltzdb: [4, 8, 12, 16, 64, 200]
      }
    }
  }
  let program: Program
  let size: Int
  /// File names, each with its records as JSON Lines.
  let files: [(name: String, text: String)]

  var name: String { "\(program.rawValue)\(size)" }

  static let all: [(program: Program, size: Int)] = Program.allCases.flatMap { program in
    program.sizes.map { (program, $0) }
  }

  init(_ program: Program, size: Int) {
    self.program = program
    self.size = size
    switch program {
    case .manners: files = Self.manners(Party(guests: size))
    case .waltz: files = Self.drawing(size)
    case .waltzdb: files = Self.drawing(size) + [("label.jsonl", Self.labels)]
    }
  }

  /// `waltzdb64`: a program and a size of up to ten thousand.
  init?(named name: String) {
    let letters = name.prefix { $0.isLetter }
    guard let program = Program(rawValue: String(letters)),
      let size = Int(name.dropFirst(letters.count)), (1...10_000).contains(size),
      program != .manners || size % 2 == 0
    else { return nil }
    self.init(program, size: size)
  }

  private static func manners(_ party: Party) -> [(name: String, text: String)] {
    let count = party.guests.count
    // Small parties are known by n1, n2 …, large ones by their numbers.
    let prefix = count > 32 ? "" : "n"
    var guests = ""
    for (index, guest) in party.guests.enumerated() {
      for hobby in 0..<5 where guest.hobbies >> hobby & 1 == 1 {
        guests += #"{"name":"\#(prefix)\#(index + 1)","sex":"\#(guest.isFemale ? "f" : "m")""#
        guests += #","hobby":"h\#(hobby + 1)"}"# + "\n"
      }
    }
    return [
      ("guest.jsonl", guests), ("last_seat.jsonl", "{\"seat\":\(count)}\n"),
      ("count.jsonl", "{\"c\":1}\n"), ("context.jsonl", "{\"state\":\"start\"}\n"),
    ]
  }

  private static func drawing(_ size: Int) -> [(name: String, text: String)] {
    let lines = Drawing(size: size).lines.map { "{\"p1\":\($0.from),\"p2\":\($0.to)}\n" }
    return [("stage.jsonl", "{\"value\":\"duplicate\"}\n"), ("line.jsonl", lines.joined())]
  }

  /// Every way in which solid bodies let a corner, fork, tee or arrow be labelled.
  private static let labels: String = {
    let ways: [(type: String, name: String, marks: [String])] = [
      ("2j", "L", ["BB", "+B", "B+", "-B", "B-"]),
      ("3j", "fork", ["+++", "---", "B-B", "-BB", "BB-"]),
      ("3j", "tee", ["B+B", "B-B", "BBB"]),
      ("3j", "arrow", ["B+B", "-+-", "+-+"]),
    ]
    var text = ""
    var id = 0
    for way in ways {
      for marks in way.marks {
        id += 1
        text += #"{"type":"\#(way.type)","name":"\#(way.name)","id":\#(id)"#
        for (index, mark) in marks.enumerated() { text += #","n\#(index + 1)":"\#(mark)""# }
        text += "}\n"
      }
    }
    return text
  }()
}
