/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/oracle/full-weights.h"

#include "tests/support/test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define NO_NUMPY 77

/* Several tests may want the files at the same time: the first makes them. */
static int
lock_folder (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int              fd;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  fd = g_open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  return fd;
}

static gboolean
make_files (const char *oracle, const char *weights, const char *case_path)
{
  const char      *python = g_getenv ("SAGITTA_PYTHON");
  g_autofree char *script =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "oracle", "make-full-weights.py", NULL);
  const char *const command[] = {
    python != NULL ? python : "python3", script, oracle, weights, case_path, NULL
  };
  g_autoptr (GError) error = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, NULL))
    return FALSE;
  if (g_spawn_check_wait_status (status, &error))
    return TRUE;
  if (!g_error_matches (error, G_SPAWN_EXIT_ERROR, NO_NUMPY))
    g_error ("%s: %s", script, error->message);
  return FALSE;
}

char *
sag_test_full_weights (char **case_path)
{
  g_autofree char *oracle = sag_test_shared ("oracle");
  g_autofree char *folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "oracle", "full", NULL);
  g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
  g_autofree char *input = g_build_filename (folder, "case.safetensors", NULL);
  gboolean         there;
  int              lock;

  if (oracle == NULL)
    return NULL;
  lock = lock_folder (folder);
  /* The weights are written last, and appear whole. */
  there = g_file_test (weights, G_FILE_TEST_EXISTS) || make_files (oracle, weights, input);
  close (lock);
  if (!there)
    {
      g_test_skip ("python3 with numpy is not here");
      return NULL;
    }
  if (case_path != NULL)
    *case_path = g_steal_pointer (&input);
  return g_steal_pointer (&weights);
}
