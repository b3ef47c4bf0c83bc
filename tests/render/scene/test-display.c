/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/scene.h"
#include "render/scene/worker.h"
#include "tests/support/test.h"

#include "model/core/error.h"

#include <string.h>

/* Each in a process of its own: what VTK does without a display is to end it. */
static void
in_child (const char *path)
{
  g_test_trap_subprocess (path, 0, 0);
  g_test_trap_assert_passed ();
}

static void
assert_no_scene (const char *part)
{
  GError *error = NULL;

  g_assert_false (sag_render_scene_check (&error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, part);
  g_assert_null (sag_render_scene_new (&error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, part);
}

static void
test_none_child (void)
{
  g_unsetenv ("DISPLAY");
  assert_no_scene ("needs an X display");
}

static void
test_none (void)
{
  in_child ("/scene/display/none/subprocess");
}

static void
test_unreachable_child (void)
{
  g_setenv ("DISPLAY", ":64999", TRUE);
  assert_no_scene ("needs an X display");
}

static void
test_unreachable (void)
{
  in_child ("/scene/display/unreachable/subprocess");
}

typedef struct
{
  guint n_pictures, n_errors;
  char *message;
} Seen;

static void
picture_cb (const SagRenderPicture *picture, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_pictures += picture->pixels != NULL;
  seen->n_errors += picture->error != NULL;
  if (picture->error != NULL)
    {
      g_free (seen->message);
      seen->message = g_strdup (picture->error->message);
    }
}

/* The worker says it once, whatever is asked afterwards. */
static void
test_worker_child (void)
{
  Seen                  seen = { 0 };
  SagRenderWorker      *worker;
  const SagRenderCamera camera = sag_render_camera_init ();

  g_unsetenv ("DISPLAY");
  worker = sag_render_worker_new (picture_cb, &seen);
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (SagRenderContent) content = sag_render_content_new (NULL, NULL);

      sag_render_worker_set_content (worker, content);
      sag_render_worker_set_view (worker, &camera, 100, 100, 1, FALSE);
      while (seen.n_errors == 0)
        g_main_context_iteration (NULL, TRUE);
    }
  sag_render_worker_free (worker);
  sag_render_worker_wait_all ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (seen.n_errors, ==, 1);
  g_assert_cmpuint (seen.n_pictures, ==, 0);
  g_assert_nonnull (strstr (seen.message, "X display"));
  g_free (seen.message);
}

static void
test_worker (void)
{
  in_child ("/scene/display/worker/subprocess");
}

/* Xvfb without OpenGL, on a display number that it finds itself. */
static GSubprocess *
start_plain_x (char **display)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  GSubprocess *server = g_subprocess_launcher_spawn (launcher, NULL, "Xvfb", "-displayfd", "1",
                                                     "-nolisten", "tcp", "-noreset", "-screen", "0",
                                                     "640x480x24", "-extension", "GLX", NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *number = NULL;

  if (server == NULL)
    return NULL;
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  number = g_data_input_stream_read_line (out, NULL, NULL, NULL);
  g_assert_nonnull (number);
  *display = g_strconcat (":", number, NULL);
  return server;
}

static void
test_no_opengl_child (void)
{
  g_setenv ("DISPLAY", g_getenv ("SAGITTA_PLAIN_DISPLAY"), TRUE);
  assert_no_scene ("OpenGL 3.2");
}

static void
test_no_opengl (void)
{
  g_autofree char *display = NULL;
  g_autoptr (GSubprocess) server = start_plain_x (&display);

  if (server == NULL)
    {
      g_test_skip ("there is no Xvfb");
      return;
    }
  g_setenv ("SAGITTA_PLAIN_DISPLAY", display, TRUE);
  g_test_trap_subprocess ("/scene/display/no-opengl/subprocess", 0, 0);
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  g_test_trap_assert_passed ();
}

static void
test_here (void)
{
  g_autoptr (GError) error = NULL;
  gboolean usable = sag_render_scene_check (&error);

  g_assert_no_error (error);
  g_assert_true (usable);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/display/here", test_here);
  g_test_add_func ("/scene/display/none", test_none);
  g_test_add_func ("/scene/display/none/subprocess", test_none_child);
  g_test_add_func ("/scene/display/unreachable", test_unreachable);
  g_test_add_func ("/scene/display/unreachable/subprocess", test_unreachable_child);
  g_test_add_func ("/scene/display/worker", test_worker);
  g_test_add_func ("/scene/display/worker/subprocess", test_worker_child);
  g_test_add_func ("/scene/display/no-opengl", test_no_opengl);
  g_test_add_func ("/scene/display/no-opengl/subprocess", test_no_opengl_child);
  return g_test_run ();
}
