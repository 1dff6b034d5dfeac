"""The generator: from the kernel's own headers to `generated/`.

    headers ── tree, parse, extract ──> facts/*.json ── merge ──> model ── render ──> generated/
                                                     └─ atlas ───────────┘

The facts are committed, so everything to the right of them needs neither headers nor clang.

  abi, abis, symbols         what to read, and the judgements no header can make: reviewed tables
  documentation              what each symbol is, in our own words
  tree                       where a header tree keeps the files of one ABI
  parse                      clang; no other module knows that it exists
  extract                    one ABI's headers to its facts, checked against the table
  facts                      one ABI's facts in one kernel
  history                    the facts of all ABIs and kernels
  facts_files                their JSON
  merge, layout, constants   the facts of all ABIs made one model, or refused
  model                      what is rendered
  atlas, atlas_layouts,      the facts as a page shows them: what stands beside what
  atlas_differences, spans
  render, templates/         the model to text, and the atlas
  output                     text to files: all of them or none
  command_line               what the commands have in common
  regenerate                 the command

  bindings                   the bindings of headers of one's own, held against the facts
  bindings_command           what linux_aio_bindings (bazel/bindings.bzl) runs

  drift, drift_report        what a newer kernel changed
  abi_command                the command that says so, and what else the facts know

The headers come from anywhere. To have those of all known kernels:

  kernels                    which package each kernel is pinned to
  debian                     the package, through the machine's apt
  kernel_source              the package to a tree of headers
  fetch                      the command
"""
