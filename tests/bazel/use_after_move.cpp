#include <string>
#include <utility>

std::size_t length_of_moved(std::string text) {
  const std::string taken = std::move(text);
  return text.size() + taken.size();
}
