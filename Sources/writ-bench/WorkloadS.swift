import Glibc

/// Workload S: discount decisions. One record a request; the first rule in order that matches wins,
/// and rules stand from the narrowest to the broadest, the way exceptions are written before the
/// general case.
struct WorkloadS {
  struct Rule {
    /// One bit a leaf of the region tree.
    var regions: UInt32 = ~0
    /// The node of the region tree (preorder) that those leaves are; -1: any.
    var node = -1
    var family = -1
    var channel = -1
    var grades: UInt32 = 15
    /// In cents, from `low` to below `high`.
    var low = 0
    var high = 2_000_000_000
    /// In tenths of a percent, up to and including.
    var mostDiscount = 1000
    var leastQuantity = 0
    var outcome = 0
  }
  struct Request {
    var region: Int
    var family: Int
    var channel: Int
    var grade: Int
    var cents: Int
    var tenths: Int
    var quantity: Int
  }
  static let outcomes = ["L0", "L1", "L2", "L3", "L4", "L5", "deny"]

  var rules: [Rule]
  var requests: [Request]

  /// Draws rules and requests; the same seed gives the same.
  init(rules count: Int, requests: Int, seed: UInt64) {
    var dice = Dice(seed: seed &+ 0x51)
    let drawn = (0..<count).map { _ in Self.draw(&dice) }
    // A stable order: equal ones keep the order in which they were drawn.
    self.rules = drawn.enumerated().sorted {
      $0.element.1 != $1.element.1 ? $0.element.1 < $1.element.1 : $0.offset < $1.offset
    }.map(\.element.0)
    dice = Dice(seed: seed &+ 0x5251)
    self.requests = (0..<requests).map { _ in
      Request(
        region: dice.below(32), family: dice.below(20), channel: dice.below(4),
        grade: dice.below(4), cents: Int((dice.amount() * 100).rounded()),
        tenths: Int((dice.unit() * 600).rounded()), quantity: 1 + dice.below(500))
    }
  }

  /// A rule and the share of requests that it matches.
  private static func draw(_ dice: inout Dice) -> (Rule, Double) {
    var rule = Rule()
    var share = 1.0
    if dice.unit() < 0.7 {
      let depth = dice.unit()
      let leaf = dice.below(32)
      let leaves = depth < 0.5 ? leaf..<leaf + 1 : depth < 0.75 ? area(leaf) : zone(leaf)
      rule.regions = leaves.reduce(0) { $0 | 1 << UInt32($1) }
      rule.node = RegionTree.node(of: leaves)
      share *= Double(leaves.count) / 32
    }
    if dice.unit() < 0.6 {
      rule.family = dice.below(20)
      share /= 20
    }
    if dice.unit() < 0.4 {
      rule.channel = dice.below(4)
      share /= 4
    }
    if dice.unit() < 0.4 {
      rule.grades = 0
      let wanted = 1 + dice.below(3)
      while rule.grades.nonzeroBitCount < wanted { rule.grades |= 1 << UInt32(dice.below(4)) }
      share *= Double(wanted) / 4
    }
    if dice.unit() < 0.6 {
      let a = dice.amount()
      let b = dice.amount()
      let low = rounded(min(a, b))
      var high = rounded(max(a, b))
      if high <= low { high = rounded(low * 1.3) + 1 }
      rule.low = Int(low) * 100
      rule.high = Int(high) * 100
      share *= log10(high / low) / 4
    }
    if dice.unit() < 0.8 {
      rule.mostDiscount = (2 + dice.below(119)) * 5
      share *= Double(rule.mostDiscount) / 600
    }
    if dice.unit() < 0.2 {
      rule.leastQuantity = (1 + dice.below(99)) * 5
      share *= 1 - Double(rule.leastQuantity) / 500
    }
    rule.outcome = dice.below(outcomes.count)
    return (rule, share)
  }

  /// Puts the rules in a random order, in which broad ones come early and win soon.
  mutating func shuffleRules(seed: UInt64) {
    var dice = Dice(seed: seed &+ 0x5355)
    for index in stride(from: rules.count - 1, to: 0, by: -1) {
      rules.swapAt(index, dice.below(index + 1))
    }
  }

  private static func area(_ leaf: Int) -> Range<Int> { leaf / 2 * 2..<leaf / 2 * 2 + 2 }

  private static func zone(_ leaf: Int) -> Range<Int> { leaf / 8 * 8..<leaf / 8 * 8 + 8 }

  /// Two significant digits.
  private static func rounded(_ amount: Double) -> Double {
    let unit = pow(10, floor(log10(amount)) - 1)
    return unit >= 1 ? (amount / unit).rounded() * unit : amount.rounded()
  }

  /// Rules and requests as integers, a line each, as `gen.py` writes `rules.txt` and `records.txt`.
  var ruleLines: String {
    rules.reduce(into: "\(rules.count)\n") { text, rule in
      text +=
        String(rule.regions, radix: 16)
        + " \(rule.family) \(rule.channel) \(rule.grades) \(rule.low) \(rule.high)"
        + " \(rule.mostDiscount) \(rule.leastQuantity) \(rule.outcome)\n"
    }
  }

  var requestLines: String {
    requests.reduce(into: "\(requests.count)\n") { text, request in
      text +=
        "\(request.region) \(request.family) \(request.channel) \(request.grade)"
        + " \(request.cents) \(request.tenths) \(request.quantity)\n"
    }
  }

  /// Reads a directory in that form; nil if it is not there or not so.
  init?(directory: String) {
    guard let ruleText = contents(of: "\(directory)/rules.txt"),
      let requestText = contents(of: "\(directory)/records.txt")
    else { return nil }
    rules = []
    requests = []
    for line in ruleText.split(separator: "\n").dropFirst() {
      let parts = line.split(separator: " ")
      let numbers = parts.dropFirst().compactMap { Int($0) }
      guard let mask = parts.first.flatMap({ UInt32($0, radix: 16) }), numbers.count == 8 else {
        return nil
      }
      var rule = Rule()
      rule.regions = mask
      let leaves = (0..<32).filter { mask >> UInt32($0) & 1 == 1 }
      if let first = leaves.first, mask != ~0 {
        rule.node = RegionTree.node(of: first..<first + leaves.count)
      }
      rule.family = numbers[0]
      rule.channel = numbers[1]
      rule.grades = UInt32(truncatingIfNeeded: numbers[2])
      rule.low = numbers[3]
      rule.high = numbers[4]
      rule.mostDiscount = numbers[5]
      rule.leastQuantity = numbers[6]
      rule.outcome = numbers[7]
      rules.append(rule)
    }
    for line in requestText.split(separator: "\n").dropFirst() {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 7 else { return nil }
      requests.append(
        Request(
          region: numbers[0], family: numbers[1], channel: numbers[2], grade: numbers[3],
          cents: numbers[4], tenths: numbers[5], quantity: numbers[6]))
    }
  }
}

/// The tree of regions, 4 zones of 4 areas of 2 towns, in preorder under one root.
enum RegionTree {
  struct Node {
    var name: String
    var parent: Int
    var depth: Int
    var last: Int
  }
  static let nodes: [Node] = {
    var nodes = [Node(name: "all", parent: -1, depth: 0, last: 52)]
    for zone in 0..<4 {
      let zoneNode = nodes.count
      nodes.append(Node(name: "Z\(zone)", parent: 0, depth: 1, last: zoneNode + 12))
      for area in 0..<4 {
        let areaNode = nodes.count
        nodes.append(
          Node(name: "Z\(zone)_A\(area)", parent: zoneNode, depth: 2, last: areaNode + 2))
        for town in 0..<2 {
          nodes.append(
            Node(
              name: "Z\(zone)_A\(area)_T\(town)", parent: areaNode, depth: 3, last: nodes.count))
        }
      }
    }
    return nodes
  }()

  static func node(ofLeaf leaf: Int) -> Int {
    1 + leaf / 8 * 13 + 1 + leaf % 8 / 2 * 3 + 1 + leaf % 2
  }

  static func node(of leaves: Range<Int>) -> Int {
    switch leaves.count {
    case 1: node(ofLeaf: leaves.lowerBound)
    case 2: node(ofLeaf: leaves.lowerBound) - 1
    default: node(ofLeaf: leaves.lowerBound) - 2
    }
  }
}

/// SplitMix64.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// 0 ..< 1
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// From 100 to a million, evenly over its logarithm.
  mutating func amount() -> Double { pow(10, 2 + 4 * unit()) }
}
