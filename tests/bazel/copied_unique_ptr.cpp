#include <memory>
#include <utility>

std::unique_ptr<int> second_owner(std::unique_ptr<int>& owner) {
#ifdef LINUX_AIO_MISTAKE
  return {owner};
#else
  return {std::move(owner)};
#endif
}
