/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/answer/map.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"
#include "model/dicom/scan.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MM 1e5 /* no place in a patient is further away */

/* "bundle import" of "bundle import --weights FILE". */
static char *
dup_command (const char *usage)
{
  gsize n = strspn (usage, "abcdefghijklmnopqrstuvwxyz ");

  while (usage[n] != '\0' && n > 0 && usage[n] != ' ')
    n--;
  return g_strchomp (g_strndup (usage, n));
}

gboolean
sag_cli_parse (int                 argc,
               char              **argv,
               const char         *usage,
               const char         *about,
               const GOptionEntry *entries,
               int                 min_rest,
               int                 max_rest,
               char             ***rest)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = g_new0 (char *, argc + 1);
  g_autofree char *program = g_strdup_printf ("sagitta-cli %s", usage);
  g_autofree char *command = dup_command (usage);
  guint            n_rest;

  for (int i = 0; i < argc; i++)
    arguments[i] = g_strdup (argv[i]);
  g_set_prgname (program);
  g_option_context_set_summary (context, about);
  g_option_context_set_description (context, "Research use, not a medical device. "
                                             "Nothing leaves this machine.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &arguments, &error))
    return sag_cli_usage (command, "%s", error->message), FALSE;
  n_rest = g_strv_length (arguments) - 1;
  if ((int) n_rest < min_rest)
    return sag_cli_usage (command, "An argument is missing from \"%s\"", usage), FALSE;
  if (max_rest >= 0 && (int) n_rest > max_rest)
    return sag_cli_usage (command, "\"%s\" is one argument too many", arguments[1 + max_rest]),
           FALSE;
  *rest = g_strdupv (arguments + 1);
  return TRUE;
}

/* One line that ends in a stop, whatever a file name or a library brought along. */
static char *
dup_line (const char *message)
{
  char *line = g_utf8_make_valid (message, -1);

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strchomp (line);
  if (!g_str_has_suffix (line, "."))
    {
      char *stopped = g_strconcat (line, ".", NULL);

      g_free (line);
      line = stopped;
    }
  return line;
}

int
sag_cli_fail (const GError *error)
{
  g_autofree char *line = dup_line (error->message);

  sag_cli_progress (NULL, 0);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fprintf (stderr, "sagitta-cli: Stopped; nothing half-written is left.\n");
  else
    fprintf (stderr, "sagitta-cli: %s\n", line);
  return g_error_matches (error, SAG_ERROR, SAG_ERROR_ARGUMENT) ? SAG_CLI_USAGE : SAG_CLI_FAILED;
}

int
sag_cli_usage (const char *command, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list          args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "sagitta-cli %s: %s; see sagitta-cli %s --help.\n", command, sentence, command);
  return SAG_CLI_USAGE;
}

static gpointer
signal_thread (gpointer data)
{
  GCancellable *cancellable = data;
  sigset_t      set;
  int           number;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigwait (&set, &number);
  g_cancellable_cancel (cancellable);
  sigwait (&set, &number);
  _exit (128 + number);
}

GCancellable *
sag_cli_get_cancellable (void)
{
  static GCancellable *cancellable;

  if (cancellable == NULL)
    {
      sigset_t set;

      /* Blocked here, so in every thread that starts later; one thread waits for them. */
      sigemptyset (&set);
      sigaddset (&set, SIGINT);
      sigaddset (&set, SIGTERM);
      pthread_sigmask (SIG_BLOCK, &set, NULL);
      cancellable = g_cancellable_new ();
      g_thread_unref (g_thread_new ("signals", signal_thread, cancellable));
    }
  return cancellable;
}

static void
remove_file (GFile *file)
{
  g_autoptr (GFileEnumerator) entries = NULL;
  GFile *child;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) ==
      G_FILE_TYPE_DIRECTORY)
    {
      entries = g_file_enumerate_children (file, "standard::name",
                                           G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
      while (entries != NULL && g_file_enumerator_iterate (entries, NULL, &child, NULL, NULL) &&
             child != NULL)
        remove_file (child);
    }
  g_file_delete (file, NULL, NULL);
}

void
sag_cli_remove_folder (const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  remove_file (file);
}

void
sag_cli_progress (const char *stage, double fraction)
{
  static gboolean shown;

  if (!isatty (STDERR_FILENO))
    return;
  if (stage == NULL)
    {
      if (shown)
        fputs ("\r\033[K", stderr);
      shown = FALSE;
      return;
    }
  if (fraction > 0)
    fprintf (stderr, "\r\033[K%s %3.0f %%", stage, fraction * 100);
  else
    fprintf (stderr, "\r\033[K%s", stage);
  fflush (stderr);
  shown = TRUE;
}

static void
slices_cb (SagVolume *volume, int n_slices_ready, gpointer user_data)
{
  sag_cli_progress (user_data, (double) n_slices_ready / sag_volume_get_geometry (volume)->dims[2]);
}

SagVolume *
sag_cli_load_exact (const char *path, char **exact, char **name, GError **error)
{
  g_autofree char *shown = sag_file_dup_display_name (path);
  g_autofree char *stage = g_strdup_printf ("Reading %s", shown);
  char            *own_name = NULL;
  SagVolume       *volume;

  sag_cli_progress (stage, 0);
  volume = sag_scan_load_exact (path, exact, &own_name, slices_cb, stage,
                                sag_cli_get_cancellable (), error);
  sag_cli_progress (NULL, 0);
  if (name != NULL)
    *name = own_name != NULL ? g_strdup (own_name) : sag_case_dup_name (path);
  g_free (own_name);
  return volume;
}

SagVolume *
sag_cli_load_case (const char *path, char **name, GError **error)
{
  return sag_cli_load_exact (path, NULL, name, error);
}

SagVolume *
sag_cli_load (const char *path, GError **error)
{
  return sag_cli_load_case (path, NULL, error);
}

void
sag_cli_prefix_name (GError **error, const char *name)
{
  if (error != NULL && strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", name);
}

gboolean
sag_cli_triple (const char *text, const char *option, double values[3], GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 4);
  gboolean ok = g_strv_length (parts) == 3;

  for (int i = 0; ok && i < 3; i++)
    ok = sag_number_parse (g_strstrip (parts[i]), &values[i]) && fabs (values[i]) <= LIMIT_MM;
  if (!ok)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s takes three numbers of mm such as 12.5,-30,410, not \"%s\".", option, text);
  return ok;
}

gboolean
sag_cli_recipe (const char *text, SagRecipe *recipe, GError **error)
{
  *recipe = (SagRecipe){
    .kind = SAG_RECIPE_UPSTREAM,
    .box_mm = { 384, 320, 256 },
    .train_box_mm = { 416, 336, 256 },
    .input = { 256, 160, 128 },
  };
  if (text == NULL || strcmp (text, "upstream") == 0)
    return TRUE;
  recipe->kind = SAG_RECIPE_PAPER;
  if (strcmp (text, "paper") == 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "--recipe takes paper or upstream, not \"%s\".", text);
  return FALSE;
}

char *
sag_cli_seconds (double seconds)
{
  if (seconds < 0.0995)
    return g_strdup_printf ("%.0f ms", seconds * 1000);
  return g_strdup_printf ("%.2f s", seconds);
}

const char *
sag_cli_bold (gboolean on)
{
  if (!isatty (STDOUT_FILENO) || g_getenv ("NO_COLOR") != NULL)
    return "";
  return on ? "\033[1m" : "\033[0m";
}

char *
sag_cli_place (const double ras_mm[3])
{
  return g_strdup_printf ("%c %.1f  %c %.1f  %c %.1f mm", ras_mm[0] < 0 ? 'L' : 'R',
                          ABS (ras_mm[0]), ras_mm[1] < 0 ? 'P' : 'A', ABS (ras_mm[1]),
                          ras_mm[2] < 0 ? 'I' : 'S', ABS (ras_mm[2]));
}

char *
sag_cli_describe_volume (const SagVolume *volume)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  double             spacing[3];
  char               letters[4];

  sag_geometry_spacing_mm (geometry, spacing);
  sag_geometry_letters (geometry, letters);
  return g_strdup_printf ("%d x %d x %d voxels, %.2f x %.2f x %.2f mm, axes %c %c %c",
                          geometry->dims[0], geometry->dims[1], geometry->dims[2], spacing[0],
                          spacing[1], spacing[2], letters[0], letters[1], letters[2]);
}
