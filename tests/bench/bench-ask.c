/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/cpu.h"

#include <glib.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Times the text half of the CPU engine at full size: 160 vision tokens, the first layers of a
 * BERT-base, weights from thin air. Prints medians over the repeats; user time is of all threads,
 * so it forgives busy neighbours.
 */

static int      n_texts = 1, n_words = 18, n_threads, n_repeats = 9;
static gboolean portable, class_only;

static const GOptionEntry entries[] = {
  { "texts", 0, 0, G_OPTION_ARG_INT, &n_texts, "Texts of one call", "N" },
  { "words", 0, 0, G_OPTION_ARG_INT, &n_words, "Words of a text, [CLS] and [SEP] included", "N" },
  { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Threads, all by default", "N" },
  { "repeats", 0, 0, G_OPTION_ARG_INT, &n_repeats, "Repeats", "N" },
  { "portable", 0, 0, G_OPTION_ARG_NONE, &portable, "Without AVX2", NULL },
  { "class-only", 0, 0, G_OPTION_ARG_NONE, &class_only, "Without the cells' logits", NULL },
  { NULL },
};

static bool
read_anything (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  guint32 state = g_str_hash (name) + offset;

  for (size_t i = 0; i < n_values; i++)
    {
      state = state * 1664525u + 1013904223u;
      out[i] = ((gint32) (state >> 8) - (1 << 23)) * (0.05f / (1 << 23));
    }
  return true;
}

static double
user_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec * 1e-6;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
run (const SagEngineTable *table, void *engine)
{
  g_autofree float   *tokens = g_new (float, 160 * 768), *logits = g_new (float, n_texts);
  g_autofree float   *cells = g_new (float, (gsize) n_texts * 160 * 64);
  g_autofree int32_t *ids = g_new (int32_t, (gsize) n_texts * n_words),
                     *lengths = g_new (int32_t, n_texts);
  g_autofree double *wall = g_new (double, n_repeats), *user = g_new (double, n_repeats);
  SagAskRequest      request = {
         .tokens = tokens,
         .n_tokens = 160,
         .n_texts = n_texts,
         .max_length = n_words,
         .ids = ids,
         .lengths = lengths,
         .class_logits = logits,
         .cell_logits = class_only ? NULL : cells,
  };
  struct rusage usage;
  SagStatus     status = { 0 };

  read_anything (NULL, "tokens", 0, 160 * 768, tokens);
  for (int i = 0; i < n_texts * n_words; i++)
    ids[i] = i * 7 % 30522;
  for (int i = 0; i < n_texts; i++)
    lengths[i] = n_words;
  for (int i = -1; i < n_repeats; i++)
    {
      double user_start = user_seconds ();
      gint64 start = g_get_monotonic_time ();

      if (!table->ask (engine, &request, &status))
        g_error ("%s", status.message);
      if (i < 0)
        {
          g_print ("first call %.1f ms\n", (g_get_monotonic_time () - start) * 1e-3);
          continue;
        }
      wall[i] = (g_get_monotonic_time () - start) * 1e-3 / n_texts;
      user[i] = (user_seconds () - user_start) * 1e3 / n_texts;
    }
  qsort (wall, n_repeats, sizeof *wall, compare);
  qsort (user, n_repeats, sizeof *user, compare);
  getrusage (RUSAGE_SELF, &usage);
  g_print ("%d text%s of %d words: %.1f ms a text (fastest %.1f), %.1f ms user time a text; peak "
           "memory %ld MB\n",
           n_texts, n_texts == 1 ? "" : "s", n_words, wall[n_repeats / 2], wall[0],
           user[n_repeats / 2], usage.ru_maxrss / 1024);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const SagEngineTable *table = sag_cpu_get_table ();
  SagNetwork            network;
  SagWeightSource       source = { &network, read_anything, NULL };
  SagEngineOptions      options;
  SagEngineInfo         info;
  SagStatus             status = { 0 };
  gint64                start = g_get_monotonic_time ();
  void                 *engine;

  sag_network_init_paper (&network);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n_texts < 1 || n_words < 1 ||
      n_repeats < 1)
    {
      g_printerr ("%s\n", error ? error->message : "Numbers must be positive.");
      return 2;
    }
  options = (SagEngineOptions){ .n_threads = n_threads, .portable = portable };
  engine = table->open (&source, &options, &status);
  if (engine == NULL)
    {
      g_printerr ("%s\n", status.message);
      return 1;
    }
  table->describe (engine, &info);
  g_print ("%s, opened in %.0f ms\n", info.device, (g_get_monotonic_time () - start) * 1e-3);
  run (table, engine);
  table->close (engine);
  return 0;
}
