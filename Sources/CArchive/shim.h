#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <isa-l/igzip_lib.h>
#include <sys/xattr.h>
