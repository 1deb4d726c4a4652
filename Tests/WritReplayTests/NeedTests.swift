import Support
import Testing
import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

/// `what would it take`: every way is evaluated anew, and on a domain small enough to try all of it
/// no way with fewer fields, or nearer, is missed.
@Suite struct NeedTests {
  private static let rules = """
    enum Size { small, middle, large }
    enum Tier ordered { bronze, silver, gold }
    record Deal {
      id : text key
      visits : integer
      size : Size
      tier : Tier
      local : yes/no
    }
    define Deal.score = points { visits > 5 : 30  visits > 9 : 20  tier >= silver : 25  local = yes : 15 }
    decide band for Deal -> text, first {
      "a": when score >= 60 and size != small : "hot"
      "b": when score >= 40 or (size = large and local = yes) : "warm"
      "c": when visits = 3 and tier = gold : "odd"
      otherwise "cold"
    }
    """

  private struct World {
    let program: Program
    let network: Network

    init(_ text: String) {
      var sources = Sources()
      let id = sources.add(Source(name: "need.writ", text: text))
      let (tree, broken) = Parser.parse(sources[id], id: id)
      let (program, found) = Program.checking([tree], sources: sources)
      #expect(!(broken + found).hasErrors)
      self.program = program
      network = Network(compiling: program)
    }

    func memory(_ rows: [[Value]]) -> Memory {
      var facts = Facts(schema: program.schema, texts: program.texts)
      for (index, row) in rows.enumerated() {
        let key = Value.text(facts.texts.intern("D\(index)"))
        _ = facts[RecordID(0)].append([key] + row, key: [key])
      }
      return Memory(network, facts: facts, today: 20_634)
    }

    var decision: DecisionID {
      DecisionID(program.decisions.firstIndex { $0.name.name == "band" } ?? 0)
    }
  }

  private static func visits(_ number: Int) -> Value { .number(Decimal(Int64(number))) }

  /// The whole domain, but that visits stop at 12: above 10 nothing new happens.
  private static let domain: [[Value]] = (0...12).flatMap { visits in
    (0..<3).flatMap { size in
      (0..<3).flatMap { tier in
        [false, true].map { local in
          [
            Self.visits(visits), .member(size, of: EnumID(0)), .member(tier, of: EnumID(1)),
            .boolean(local),
          ]
        }
      }
    }
  }

  private static func differences(_ a: [Value], _ b: [Value]) -> [Int] {
    a.indices.filter { a[$0].bits != b[$0].bits }
  }

  /// `WRIT_WORLDS` says how many records and wishes.
  @Test func `every way is true, and none with fewer fields or a nearer value is missed`() {
    let world = World(Self.rules)
    let all = world.memory(Self.domain)
    let answers = all.values(
      of: world.program[world.decision].answer, rows: 0..<Self.domain.count
    ).map { all.facts.texts.text(of: Symbol(Int($0.bits))) }
    var random = SeededGenerator(seed: 31)
    for _ in 0..<Seeds.count(150) {
      let place = random.number(0...Self.domain.count - 1)
      let wanted = random.pick(["hot", "warm", "odd", "cold"])
      let start = Self.domain[place]
      let memory = world.memory([start])
      let explainer = Explainer(memory: memory, language: .english)
      let need = explainer.ways(world.decision, .record(0, of: RecordID(0)), wanted)
      if answers[place] == wanted {
        #expect(need.outcome == .already)
        continue
      }
      let reaching = Self.domain.indices.filter { answers[$0] == wanted }
      let fewest = reaching.map { Self.differences(start, Self.domain[$0]).count }.min() ?? 0
      #expect(need.outcome == (fewest <= 3 ? .found : .none), "\(place) \(wanted)")
      for way in need.ways {
        var changed = start
        for change in way.changes { changed[Int(change.field.index) - 1] = change.after }
        let again = world.memory([changed])
        let answer = again.value(
          of: world.program[world.decision].answer, [.record(0, of: RecordID(0))])
        #expect(again.facts.texts.text(of: Symbol(Int(answer.bits))) == wanted)
        #expect(way.changes.count == fewest, "\(place) \(wanted)")
      }
      // The nearest number of visits, where visits alone do it.
      let alone = reaching.filter { Self.differences(start, Self.domain[$0]) == [0] }
      guard fewest == 1, !alone.isEmpty else { continue }
      // Near is as people say it: by how much in a hundred.
      let now = Double(start[0].bits)
      func distance(_ value: Int64) -> Double {
        (Double(value) - now).magnitude / (Double(value) + now)
      }
      let nearest = alone.map { distance(Self.domain[$0][0].bits) }.min()
      let found = need.ways.filter { $0.changes.map(\.field) == [FieldID(1)] }
        .map { distance($0.changes[0].after.decimal.mantissa) }
      #expect(found.first == nearest, "\(place) \(wanted)")
    }
  }

  @Test func `a number inside a formula is found to the cent`() {
    let world = World(
      """
      currency CNY
      record Quote { id : text key, amount : money, cost : money }
      decide band for Quote -> text, first {
        "a": when amount * 7 >= cost * 11 + 3 : "good"
        otherwise "thin"
      }
      """)
    let memory = world.memory([
      [
        .money(Decimal(mantissa: 10_000, scale: 2), CurrencyID(0)),
        .money(Decimal(mantissa: 10_000, scale: 2), CurrencyID(0)),
      ]
    ])
    let need = Explainer(memory: memory, language: .english)
      .ways(world.decision, .record(0, of: RecordID(0)), "good")
    let amounts = need.ways.filter { $0.changes.map(\.field) == [FieldID(1)] }
      .map { $0.changes[0].after.decimal.plain(atLeast: 2) }
    // (1100 + 3) / 7 = 157.571…
    #expect(amounts == ["157.58"])
  }

  @Test func `what a viewer may not see is not found out by asking what it takes`() {
    let world = World(
      """
      enum Team { finance, sales }
      record Deal { id : text key, price : number, cost : number }
      show Deal.cost only to finance
      decide band for Deal -> text, first {
        "a": when price > cost : "fine"
        otherwise "below"
      }
      """)
    var random = SeededGenerator(seed: 5)
    let sales = Viewer.party(Constant(.member(1, of: EnumID(0))))
    for _ in 0..<1_000 {
      let memory = world.memory([
        [Self.visits(random.number(0...100)), Self.visits(random.number(0...100))]
      ])
      let told = Explainer(memory: memory, language: .english, viewer: sales)
        .need(world.decision, .record(0, of: RecordID(0)), random.pick(["fine", "below"]))
      let words = told.facts.map(\.text).joined()
      #expect(words == "this rests on what you may not see, so no advice is given")
    }
  }

  @Test func `says so where nothing is to be changed, or nothing helps`() {
    let world = World(Self.rules)
    let memory = world.memory([Self.domain[0]])
    let explainer = Explainer(memory: memory, language: .chinese)
    func told(_ wanted: String) -> [String] {
      explainer.need(world.decision, .record(0, of: RecordID(0)), wanted).facts.map(\.text)
    }
    #expect(told("cold") == ["现在就是这样"])
    #expect(told("nothing at all").first?.hasPrefix("只改这些字段做不到：") == true)
  }
}
