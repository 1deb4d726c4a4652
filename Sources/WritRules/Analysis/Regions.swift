import WritModel

/// Guards as regions of one space, to be asked and compared: gaps and overlaps as sets of points,
/// however they are cut into boxes.
struct Regions {
  let space: Space
  private let guards: [[Box]]
  private let domain: [Box]

  /// The regions of some guards inside a domain (all known values if nil). `others` are guards that
  /// results will be compared with, so that their constants cut the space as well.
  init(
    of guards: [TermID], within domain: TermID?, comparing others: [TermID] = [],
    in program: Program
  ) {
    let space = Space(program, guards: guards + (domain.map { [$0] } ?? []) + others)
    self.space = space
    let known = space.allKnown
    self.domain =
      domain.map { space.region(where: $0).boxes.compactMap { $0.intersection(known) } } ?? [known]
    let inside = self.domain
    self.guards = guards.map { term in
      space.region(where: term).boxes.flatMap { box in inside.compactMap { $0.intersection(box) } }
    }
  }

  /// Where no guard holds; nil if that takes too long to find.
  func gaps() -> [Box]? { remainders(of: domain, without: guards.flatMap(\.self)) }

  /// Where at least two guards hold.
  func overlaps() -> [Box] {
    guards.indices.flatMap { later in
      guards[..<later].flatMap { earlier in
        earlier.flatMap { box in guards[later].compactMap { box.intersection($0) } }
      }
    }
  }

  /// A guard as a region of this space.
  func region(of guardTerm: TermID) -> [Box] {
    let boxes = space.region(where: guardTerm).boxes
    return boxes.flatMap { box in domain.compactMap { $0.intersection(box) } }
  }

  /// The guards that hold somewhere in a region, and those that hold everywhere in it.
  func holding(in region: [Box]) -> (somewhere: [Int], everywhere: [Int]) {
    let somewhere = guards.indices.filter { index in
      guards[index].contains { box in region.contains { $0.intersects(box) } }
    }
    let everywhere = somewhere.filter {
      remainders(of: region, without: guards[$0])?.isEmpty == true
    }
    return (somewhere, everywhere)
  }

  /// Whether two regions have the same points.
  func isSame(_ a: [Box], _ b: [Box]) -> Bool {
    remainders(of: a, without: b)?.isEmpty == true && remainders(of: b, without: a)?.isEmpty == true
  }

  private func remainders(of region: [Box], without covers: [Box]) -> [Box]? {
    var left: [Box] = []
    for box in region {
      guard let parts = box.remainders(without: covers, whole: space.whole) else { return nil }
      left += parts
    }
    return left
  }
}
