/* SPDX-License-Identifier: Apache-2.0 */
#include "model/check/machine.h"

#include <string.h>

/* The text after "@key   :" of a file of lines such as /proc/cpuinfo. */
static char *
find_value (const char *text, const char *key)
{
  const char *at = strstr (text, key);
  const char *colon = at != NULL ? strchr (at, ':') : NULL;
  const char *end = colon != NULL ? strchr (colon, '\n') : NULL;

  return end != NULL ? g_strstrip (g_strndup (colon + 1, end - colon - 1)) : NULL;
}

static void
read_processor (SagMachine *machine)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return;
  name = find_value (text, "model name");
  if (name != NULL)
    g_strlcpy (machine->processor, name, sizeof machine->processor);
}

static guint64
read_kib (const char *text, const char *key)
{
  g_autofree char *value = find_value (text, key);

  return value != NULL ? g_ascii_strtoull (value, NULL, 10) * 1024 : 0;
}

static void
read_memory (SagMachine *machine)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return;
  machine->memory_bytes = read_kib (text, "MemTotal");
  machine->free_bytes = read_kib (text, "MemAvailable");
}

void
sag_machine_init (SagMachine *machine)
{
  memset (machine, 0, sizeof *machine);
#if defined(__x86_64__) || defined(__i386__)
  machine->has_avx2 = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
#endif
  machine->n_processors = g_get_num_processors ();
  read_processor (machine);
  read_memory (machine);
}
