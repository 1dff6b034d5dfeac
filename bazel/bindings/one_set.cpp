// Bindings of the kernel's interface that are linked together define this twice, which no linker
// accepts: a program has one set. Set @linux_aio//:bindings to the one that the program is to have.
extern "C" {
extern const char linux_aio_bindings_are_twice_in_this_program;
const char linux_aio_bindings_are_twice_in_this_program = 0;
}
