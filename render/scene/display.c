/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/display.h"

#include "model/core/error.h"

#include <GL/glx.h>
#include <X11/Xlib.h>

/* What VTK asks for before it gives up and ends the program. */
static const int wanted[] = { GLX_DRAWABLE_TYPE,
                              GLX_WINDOW_BIT,
                              GLX_RENDER_TYPE,
                              GLX_RGBA_BIT,
                              GLX_RED_SIZE,
                              1,
                              GLX_GREEN_SIZE,
                              1,
                              GLX_BLUE_SIZE,
                              1,
                              GLX_DEPTH_SIZE,
                              1,
                              GLX_ALPHA_SIZE,
                              1,
                              None };

static const int core_3_2[] = { GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, 2,
                                None };

typedef GLXContext (*CreateContext) (Display *, GLXFBConfig, GLXContext, Bool, const int *);

static GMutex   mutex;
static Display *tried;
static gboolean failed;
static int (*others) (Display *, XErrorEvent *);

/* A refused context is an X error, which by default ends the program. Others' errors stay theirs.
 */
static int
error_cb (Display *display, XErrorEvent *event)
{
  if (display != tried)
    return others != NULL ? others (display, event) : 0;
  failed = TRUE;
  return 0;
}

static gboolean
has_context (Display *display)
{
  int           n = 0;
  GLXFBConfig  *configs;
  GLXContext    context = NULL;
  CreateContext create =
    (CreateContext) glXGetProcAddressARB ((const GLubyte *) "glXCreateContextAttribsARB");

  if (create == NULL || !glXQueryExtension (display, NULL, NULL))
    return FALSE;
  configs = glXChooseFBConfig (display, DefaultScreen (display), wanted, &n);
  if (configs != NULL && n > 0)
    {
      XVisualInfo *visual = glXGetVisualFromFBConfig (display, configs[0]);

      if (visual != NULL)
        {
          context = create (display, configs[0], NULL, True, core_3_2);
          XFree (visual);
        }
    }
  XSync (display, False);
  if (context != NULL)
    glXDestroyContext (display, context);
  if (configs != NULL)
    XFree (configs);
  return context != NULL && !failed;
}

/* The display that was found usable stays open: closing it would unload the OpenGL driver, only to
 * load it once more for the scene. With the mutex held. */
static gboolean
is_usable (Display *display)
{
  static Display *kept;
  static char    *kept_name;
  const char     *name = DisplayString (display);
  gboolean        usable;

  if (kept != NULL && g_strcmp0 (name, kept_name) == 0)
    {
      XCloseDisplay (display);
      return TRUE;
    }
  tried = display;
  failed = FALSE;
  others = XSetErrorHandler (error_cb);
  usable = has_context (display);
  XSync (display, False);
  XSetErrorHandler (others);
  if (usable && kept == NULL)
    {
      kept = display;
      kept_name = g_strdup (name);
    }
  else
    XCloseDisplay (display);
  return usable;
}

gboolean
sag_render_display_check (GError **error)
{
  Display *display = XOpenDisplay (NULL);
  g_autoptr (GMutexLocker) locker = NULL;

  if (display == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                           "The 3D view needs an X display, and there is none; on Wayland install "
                           "and start Xwayland.");
      return FALSE;
    }
  locker = g_mutex_locker_new (&mutex);
  if (is_usable (display))
    return TRUE;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                       "The 3D view needs OpenGL 3.2 through GLX, which this X display does not "
                       "offer; install libgl1-mesa-dri.");
  return FALSE;
}
