// swift-tools-version: 6.2
import PackageDescription

// The rooms in pipeline order; an arrow points down only (Sources/ARCHITECTURE.md).
// `Tests/Tidy` polices the arrows, because SwiftPM would let a target import more than it names.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// Accesses of class properties are checked for overlap in debug builds only: in the matcher the
/// checks are a fifth of the time (note 0422), and who counts what records say meets them at every
/// count.
let unchecked: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

func room(
  _ name: String, uses: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: uses, exclude: [], swiftSettings: strict + settings)
}

func program(_ name: String, uses: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: uses, swiftSettings: strict)
}

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: uses, path: "Tests/\(name)", swiftSettings: strict)
}

/// All test targets, or with `WRIT_TESTS=A,B` only those named, so that working in one room does
/// not wait for the tests of the others.
func chosen(_ all: [Target]) -> [Target] {
  guard let names = Context.environment["WRIT_TESTS"] else { return all }
  return all.filter { names.split(separator: ",").contains(Substring($0.name)) }
}

let package = Package(
  name: "writ",
  products: [
    .executable(name: "writ", targets: ["writ"]),
    .executable(name: "writ-bench", targets: ["writ-bench"]),
  ],
  dependencies: [],
  targets: [
    room("WritText"),
    room("WritSyntax", uses: ["WritText"]),
    room("WritModel", uses: ["WritText"]),
    room("WritRules", uses: ["WritText", "WritSyntax", "WritModel"]),
    room("WritNetwork", uses: ["WritText", "WritModel", "WritRules"], settings: unchecked),
    room(
      "WritReplay", uses: ["WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork"],
      settings: unchecked),
    room(
      "WritWorkbench",
      uses: ["WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork", "WritReplay"]),
    program(
      "writ",
      uses: [
        "WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork", "WritReplay",
        "WritWorkbench",
      ]),
    program(
      "writ-bench",
      uses: ["WritText", "WritSyntax", "WritModel", "WritRules", "WritNetwork"]),
    // What tests share: seeded randomness, corpus files, a way to run the built program.
    .target(
      name: "Support", dependencies: ["WritText"], path: "Tests/Support", swiftSettings: strict),
    // The reference engine: the meaning of the core, written to be read, not to be fast.
    .target(
      name: "Reference", dependencies: ["WritText", "WritModel", "WritRules", "Support"],
      path: "Tests/Reference", swiftSettings: strict),
  ]
    + chosen([
      tests("WritTextTests", uses: ["WritText", "Support"]),
      tests("WritSyntaxTests", uses: ["WritSyntax", "WritText", "Support"]),
      tests("WritModelTests", uses: ["WritModel", "WritText", "Support"]),
      tests(
        "WritRulesTests",
        uses: ["WritRules", "WritSyntax", "WritModel", "WritText", "Support"]),
      tests(
        "WritNetworkTests",
        uses: [
          "WritNetwork", "WritRules", "WritSyntax", "WritModel", "WritText", "Support",
          "Reference",
        ]),
      tests(
        "WritReplayTests",
        uses: [
          "WritReplay", "WritNetwork", "WritRules", "WritSyntax", "WritModel", "WritText",
          "Support",
        ]),
      tests(
        "WritWorkbenchTests",
        uses: [
          "WritWorkbench", "WritReplay", "WritNetwork", "WritRules", "WritSyntax", "WritModel",
          "WritText", "Support",
        ]),
      // Drives the built `writ` from outside, as a person would.
      tests("ProgramTests", uses: ["Support", "WritText", "writ", "writ-bench"]),
      tests("Tidy", uses: ["Support", "WritText", "WritSyntax"]),
    ]),
  swiftLanguageModes: [.v6]
)
