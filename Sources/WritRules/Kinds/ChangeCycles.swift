import WritModel
import WritSyntax
import WritText

// Changes that may set each other off without end: circles in the graph of who writes what whom
// reads.
//
// An arrow leads from a change to one that its acts may newly make hold. What can only make it fail
// is no arrow (see `ChangeReader`), so the plain case, a change that ends its own condition, goes
// round nowhere, and only what may really go on is told.
extension Checker {
  mutating func warnOfCircularChanges() {
    if diagnostics.hasErrors { return }
    let units = kinds.productions.sorted { $0.value.index < $1.value.index }
    let changes = units.compactMap { unit, id -> (id: ProductionID, title: TextLiteral)? in
      guard case .change(let declaration) = self.units[Int(unit.index)].declaration.kind else {
        return nil
      }
      return (id, declaration.title)
    }
    if changes.isEmpty { return }
    let readers = changes.map { ChangeReader(program[$0.id], of: program) }
    var arrows: [[Int]] = []
    for change in changes {
      let production = program[change.id]
      arrows.append(
        changes.indices.filter { to in
          production.acts.contains { readers[to].mayBeginToHold(by: $0, of: production) }
        })
    }
    // A change that inserts what it wants none of fires once for its records, as long as nobody
    // who goes round with it takes that away again.
    var left = Set(changes.indices)
    while true {
      let groups = circles(arrows, among: left)
      let once = groups.flatMap { group in
        group.filter { member in
          readers[member].consumes.contains { type in
            !group.contains { removes(program[changes[$0].id], type) }
          }
        }
      }
      if once.isEmpty {
        for group in groups { report(.changesGoRound(group.map { changes[$0].title })) }
        return
      }
      left.subtract(once)
    }
  }

  private func removes(_ production: Production, _ type: RecordID) -> Bool {
    production.acts.contains {
      if case .remove(let term) = $0 { self.type(of: term) == .record(type) } else { false }
    }
  }

  /// The groups of places from each of which all others of the group, and itself, are reached; in
  /// the order of their first places.
  private func circles(_ arrows: [[Int]], among left: Set<Int>) -> [[Int]] {
    // By reach and reach back: there are tens of changes, not thousands; Tarjan would save nothing.
    func reached(from start: Int, _ arrows: [[Int]]) -> Set<Int> {
      var found: Set<Int> = []
      var pending = arrows[start]
      while let next = pending.popLast() {
        if left.contains(next), found.insert(next).inserted { pending += arrows[next] }
      }
      return found
    }
    var back: [[Int]] = Array(repeating: [], count: arrows.count)
    for (from, targets) in arrows.enumerated() {
      for to in targets { back[to].append(from) }
    }
    var groups: [[Int]] = []
    var isPlaced = Array(repeating: false, count: arrows.count)
    for start in left.sorted() where !isPlaced[start] {
      let group = reached(from: start, arrows).intersection(reached(from: start, back))
      guard group.contains(start) else { continue }
      groups.append(group.sorted())
      for member in group { isPlaced[member] = true }
    }
    return groups
  }
}
